/** The images as they are made on this machine. */
import type Docker from "dockerode";
import { beforeAll, describe, expect, test } from "vitest";
import { storedImages } from "../../../images/ensure.ts";
import { images } from "../../../images/index.ts";
import { connectDocker } from "../../../toolchain/docker/client.ts";
import { needs } from "../../requirements.ts";
import { testImage } from "../../support/image.ts";

const commands = {
  router: ["bird", "birdc", "ip", "tc", "ping", "traceroute", "tcpdump", "nft", "ps", "sysctl"],
  services: ["bird", "knotd", "nginx", "stayrtr", "dig", "whois", "curl", "mtr", "iptables"],
  tools: ["busybox", "curl", "ip", "ping"],
  daemons: ["bird", "vtysh", "gobgpd", "gobgp", "bgpctl", "stayrtr", "python3"],
} as const;

describe.each(images.map((image) => image.name))("the image %s", (name) => {
  describe("in the engine", needs("docker"), () => {
    let docker: Docker;
    let reference: string;
    beforeAll(async () => {
      docker = await connectDocker();
      reference = await testImage(name);
    }, 900_000);

    const most = name === "daemons" ? 300 : 200;
    test(`has less than ${most} MB`, async () => {
      const image = (await storedImages(docker, name)).find((each) => each.reference === reference);
      expect(image?.size).toBeLessThan(most * 1e6);
    });

    test("has its commands, and no manuals or lists of packages", async () => {
      const container = await docker.createContainer({
        Image: reference,
        Cmd: [
          "sh",
          "-c",
          `which ${commands[name].join(" ")} >/dev/null || exit 1; find /usr/share/man /usr/share/doc /var/lib/apt/lists -type f -size +0 | head`,
        ],
        HostConfig: { NetworkMode: "none" },
        Tty: true,
      });
      try {
        await container.start();
        const { StatusCode: exitCode } = (await container.wait()) as { StatusCode: number };
        const said = await container.logs({ stdout: true, stderr: true });
        expect([exitCode, said.toString("utf8")]).toEqual([0, ""]);
      } finally {
        await container.remove({ force: true });
      }
    });
  });
});
