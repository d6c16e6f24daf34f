/** Environment variables in a topology file, as containerlab replaces them before it reads the YAML. */

/**
 * `$NAME`, `${NAME}`, `${NAME:-default}` and its kin. One that isn't set and has no default stays as it is written, so
 * that a command's own variables do.
 */
export function expandVariables(text: string, environment: Readonly<Record<string, string | undefined>>): string {
  return text.replace(
    /\$\$|\$\{([A-Za-z_]\w*)(?:(:?[-=+])([^}]*))?\}|\$([A-Za-z_]\w*)/g,
    (whole, braced: string | undefined, operator: string | undefined, other = "", bare: string | undefined) => {
      if (whole === "$$") return "$";
      const value = environment[braced ?? bare ?? ""];
      const isSet = value !== undefined && !(operator?.startsWith(":") === true && value === "");
      switch (operator?.at(-1)) {
        case "-":
        case "=":
          return isSet ? value : String(other);
        case "+":
          return isSet ? String(other) : "";
        default:
          return value ?? whole;
      }
    },
  );
}
