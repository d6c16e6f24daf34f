/** A word for a POSIX shell. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A here-document; its delimiter occurs in no line of the text. `after` ends the command's own line, e.g. with ` &`. */
export function hereDocument(command: string, text: string, after = ""): string {
  let delimiter = "END";
  while (text.split("\n").includes(delimiter)) delimiter += "_";
  return `${command} <<'${delimiter}'${after}\n${text}${text.endsWith("\n") ? "" : "\n"}${delimiter}`;
}
