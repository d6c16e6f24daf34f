/** The little of TOML that GoBGP's file needs. */

type Value = string | number | boolean | readonly string[];

export type Values = Readonly<Record<string, Value>>;

function assign(values: Values): string[] {
  return Object.entries(values).map(([name, value]) => `${name} = ${JSON.stringify(value).replaceAll('","', '", "')}`);
}

/** A table of values, with an empty line behind it. */
export function table(name: string, values: Values): string[] {
  return [`[${name}]`, ...assign(values), ""];
}

/** An element of a list of tables. */
export function element(name: string, values: Values): string[] {
  return [`[[${name}]]`, ...assign(values), ""];
}
