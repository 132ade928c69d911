/** A North American number in groups, as people read it; any other as it is. */
export function spaced(number) {
  return number.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, "+1 $1 $2 $3");
}
