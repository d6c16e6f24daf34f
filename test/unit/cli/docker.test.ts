import { expect, test } from "vitest";
import { requireRoot } from "../../../cli/docker/hosts.ts";
import { takenPort } from "../../../cli/docker/ports.ts";
import { CommandError } from "../../../cli/errors.ts";
import { dockerNetworking } from "../../../labs/docker-networking/lab.ts";
import { namespaces } from "../../../labs/namespaces/lab.ts";
import { situationOf } from "../../../labs/situation.ts";
import type { AnyLab } from "../../../labs/index.ts";

test.each([
  [
    "driver failed programming external connectivity on endpoint web (1a2b): Bind for 0.0.0.0:8080 failed: port is already allocated",
    8080,
  ],
  [
    "driver failed programming external connectivity on endpoint web (1a2b): Error starting userland proxy: listen tcp4 0.0.0.0:9090: bind: address already in use",
    9090,
  ],
  [
    "failed to bind host port for 0.0.0.0:443:172.30.1.2:443/tcp: listen tcp 0.0.0.0:443: bind: address already in use",
    443,
  ],
  ["No such image: labwright/tools:8080", undefined],
])("a port that is taken is read from what Docker says: %s", (message, port) => {
  expect(takenPort(message)).toBe(port);
});

test("a lab with Docker daemons is refused to an ordinary user, with the nodes and the way out; any other isn't", () => {
  const of = (lab: unknown) => ({ name: "copy", topology: situationOf(lab as AnyLab, {}).topology });
  const refuse = (): void => requireRoot(of(dockerNetworking), 1000);
  expect(refuse).toThrow(CommandError);
  expect(refuse).toThrow("server of copy runs Docker, which root only can.");
  requireRoot(of(dockerNetworking), 0);
  requireRoot(of(namespaces), 1000);
});
