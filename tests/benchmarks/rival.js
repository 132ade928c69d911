// Trains node-nlp on the examples that it reads from standard input, then tells each text's language and intent.
// In: {"examples": [[language, topic, text], ...], "texts": [text, ...]}; out, one JSON object: seconds of training, and of
// each text its language, its intents by score and the milliseconds it took.
const { NlpManager } = require("node-nlp");

// The package tells its progress on standard output, which is for the answers.
console.log = console.error;

async function main() {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const { examples, texts } = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  const languages = [...new Set(examples.map(([language]) => language))];
  const manager = new NlpManager({ languages, nlu: { log: false }, forceNER: false, autoSave: false });
  for (const [language, topic, text] of examples) manager.addDocument(language, text, topic);
  const begun = performance.now();
  await manager.train();
  const seconds = (performance.now() - begun) / 1000;
  const answers = [];
  for (const text of texts) {
    const start = performance.now();
    const { locale, classifications } = await manager.process(text);
    const milliseconds = performance.now() - start;
    const topics = (classifications || []).map((one) => (one.intent === "None" ? "none" : one.intent));
    answers.push({ language: locale, topics, milliseconds });
  }
  process.stdout.write(JSON.stringify({ seconds, answers }));
}

main();
