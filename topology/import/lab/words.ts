/** Command lines as words, as a POSIX shell quotes them but with nothing expanded. */

/** Undefined where a quotation mark isn't closed. */
export function splitWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] ?? "";
    if (/\s/.test(letter)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (letter === "#" && word === undefined) {
      at = text.indexOf("\n", at) === -1 ? text.length : text.indexOf("\n", at);
    } else if (letter === "'") {
      const end = text.indexOf("'", at + 1);
      if (end === -1) return undefined;
      word = (word ?? "") + text.slice(at + 1, end);
      at = end;
    } else if (letter === '"') {
      word ??= "";
      for (at += 1; text[at] !== '"'; at++) {
        if (at >= text.length) return undefined;
        // Inside double quotation marks a backslash is for these only.
        if (text[at] === "\\" && /["\\$`]/.test(text[at + 1] ?? "")) at += 1;
        word += text[at] ?? "";
      }
    } else if (letter === "\\") {
      at += 1;
      word = (word ?? "") + (text[at] ?? "");
    } else word = (word ?? "") + letter;
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** A word as a shell takes it for that word and nothing else. */
export function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Words as one command line. */
export function commandLine(words: readonly string[]): string {
  return words.map(quoteWord).join(" ");
}

/** A command line as it is run without a shell: what a shell would expand is quoted. Undefined where it can't be read. */
export function literalCommand(text: string): string | undefined {
  const words = splitWords(text);
  return words === undefined || words.length === 0 ? undefined : commandLine(words);
}
