/** Startup scripts as a machine's set-up. */

/** So many commands are written out one by one. */
const most = 15;

/** What needs the lines around it, or would be lost when each is run by itself. */
const needsContext =
  /\\$|<<|^\s*(if|then|else|elif|fi|for|while|until|do|done|case|esac|function|cd|export|set|source|\.|exit|\w+=|\{|\}|\()(\s|$|;)|^\s*\w+=|^\s*\w+\s*\(\)/;

/**
 * A short script of plain commands as those commands, another one as it is: its comments and its structure are worth
 * keeping.
 */
export function setupOf(script: string): readonly string[] {
  const text = script.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const plain = lines.filter((line, index) => !(index === 0 && line.startsWith("#!")));
  if (plain.every((line) => line.trim().startsWith("#"))) return [];
  const isPlain =
    plain.length <= most && plain.every((line) => !/#/.test(line) && !needsContext.test(line) && closed(line));
  return isPlain ? plain.map((line) => line.trim()) : [text.endsWith("\n") ? text : `${text}\n`];
}

/** Whether its quotation marks and brackets end on the line. */
function closed(line: string): boolean {
  const bare = line.replace(/\\./g, "");
  const count = (pattern: RegExp): number => bare.match(pattern)?.length ?? 0;
  return count(/'/g) % 2 === 0 && count(/"/g) % 2 === 0 && count(/`/g) % 2 === 0 && count(/\(/g) === count(/\)/g);
}
