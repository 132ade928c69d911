// Answers requests, one JSON line each: ["segments", texts], ["graphemes", texts], ["signature", token, url, params],
// ["accepts", token, signature, url, params]. An answer is {"result": ...} or {"error": "..."}.
"use strict";

const readline = require("node:readline");
const { SegmentedMessage } = require("sms-segments-calculator");
const { getExpectedTwilioSignature, validateRequest } = require("twilio/lib/webhooks/webhooks");

const bitsPerUnit = { "GSM-7": 7, "UCS-2": 16 };

function segments(text) {
  const message = new SegmentedMessage(text, "auto");
  const bits = bitsPerUnit[message.encodingName];
  const last = message.segments[message.segments.length - 1];
  return [
    message.encodingName,
    message.messageSize / bits,
    message.segmentsCount,
    Math.max(0, Math.floor(last.freeSizeInBits() / bits)),
  ];
}

const answers = {
  segments: (texts) => texts.map(segments),
  graphemes: (texts) => texts.map((text) => new SegmentedMessage(text, "auto").graphemes),
  signature: getExpectedTwilioSignature,
  accepts: validateRequest,
};

readline.createInterface({ input: process.stdin, crlfDelay: Infinity }).on("line", (line) => {
  let answer;
  try {
    const [name, ...args] = JSON.parse(line);
    answer = { result: answers[name](...args) };
  } catch (error) {
    answer = { error: String(error) };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
});
