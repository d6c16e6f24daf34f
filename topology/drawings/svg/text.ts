/** How much room text takes. */

/** Widths in thousandths of the font's size, a little over those of common sans-serif fonts. */
const narrow = new Set("iljI.,:;'|!()[]{}/\\ ftr-");
const wide = new Set("mwMW@%&");

/** Pixels, roughly, for text in a sans-serif font of `size` pixels; a little too many rather than too few. */
export function widthOf(text: string, size: number): number {
  let thousandths = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (narrow.has(character)) thousandths += 380;
    else if (wide.has(character)) thousandths += 950;
    else if (code >= 0x1100) thousandths += 1050;
    else if (/\p{Lu}/u.test(character)) thousandths += 720;
    else thousandths += 620;
  }
  return (thousandths * size) / 1000;
}
