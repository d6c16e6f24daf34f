/** A definition as a Dockerfile, for machines that reach a registry. It needs no other file. */
import { baseImage, leftOut, type ImageDefinition } from "./definition.ts";

export function renderDockerfile({ packages, files = {}, commands = [], command }: ImageDefinition): string {
  const excluded = leftOut.map((path) => `path-exclude ${path}`).join("\\n");
  const install = [
    `printf '${excluded}\\n' >/etc/dpkg/dpkg.cfg.d/labwright`,
    "apt-get update",
    `DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends ${[...packages].sort().join(" ")}`,
    "rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/log/*",
  ];
  const written = Object.entries(files).map(([path, content]) => {
    const directory = path.slice(0, path.lastIndexOf("/")) || "/";
    const text = Buffer.from(content).toString("base64");
    return `mkdir -p '${directory}' && echo ${text} | base64 -d >'${path}'`;
  });
  return `${[
    `FROM ${baseImage}`,
    `RUN ${install.join(" \\\n && ")}`,
    ...[...written, ...commands].map((line) => `RUN ${line}`),
    `CMD ${JSON.stringify(command)}`,
  ].join("\n")}\n`;
}
