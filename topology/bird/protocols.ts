/** What BIRD says of its protocols. */

/** A line of `birdc show protocols`. */
export interface BirdProtocol {
  readonly name: string;
  readonly type: string;
  readonly state: string;
  /** For BGP the session's state first, such as `Established`. */
  readonly info: string;
}

/** Reads `birdc show protocols`. */
export function parseProtocols(text: string): BirdProtocol[] {
  return text.split("\n").flatMap((line) => {
    const match = /^(\S+)\s+(\S+)\s+(\S+)\s+(up|down|start|stop|flush)\s+(\S+(?: \d\d:\S+)?)\s*(.*)$/.exec(line);
    if (match === null) return [];
    const [, name = "", type = "", , state = "", , info = ""] = match;
    return [{ name, type, state, info: info.trim() }];
  });
}
