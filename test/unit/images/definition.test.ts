import fc from "fast-check";
import { expect, test } from "vitest";
import type { ImageDefinition } from "../../../images/definition.ts";
import { definitionHash, imageReference } from "../../../images/reference.ts";
import { renderDockerfile } from "../../../images/dockerfile.ts";
import { images } from "../../../images/index.ts";
import { mmdebstrapArguments } from "../../../images/packages.ts";

const definition: ImageDefinition = {
  name: "test",
  purpose: "tests",
  packages: ["nftables", "bird2"],
  files: { "/etc/motd": "it's a lab\n" },
  commands: ["usermod --append --groups bird root"],
  command: ["sleep", "infinity"],
};

test("a definition as a Dockerfile", () => {
  expect(renderDockerfile(definition)).toMatchInlineSnapshot(`
    "FROM debian:bookworm-slim@sha256:96e378d7e6531ac9a15ad505478fcc2e69f371b10f5cdf87857c4b8188404716
    RUN printf 'path-exclude /usr/share/doc/*\\npath-exclude /usr/share/info/*\\npath-exclude /usr/share/locale/*\\npath-exclude /usr/share/man/*\\n' >/etc/dpkg/dpkg.cfg.d/labwright \\
     && apt-get update \\
     && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends bird2 nftables \\
     && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/log/*
    RUN mkdir -p '/etc' && echo aXQncyBhIGxhYgo= | base64 -d >'/etc/motd'
    RUN usermod --append --groups bird root
    CMD ["sleep","infinity"]
    "
  `);
});

test("a definition as arguments of mmdebstrap", () => {
  expect(mmdebstrapArguments(definition)).toMatchInlineSnapshot(`
    [
      "--variant=minbase",
      "--format=tar",
      "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr",
      "--include=bird2,nftables,usr-is-merged",
      "--dpkgopt=path-exclude=/usr/share/doc/*",
      "--dpkgopt=path-exclude=/usr/share/info/*",
      "--dpkgopt=path-exclude=/usr/share/locale/*",
      "--dpkgopt=path-exclude=/usr/share/man/*",
      "--dpkgopt=force-unsafe-io",
      "--customize-hook=mkdir -p "$(dirname "$1/etc/motd")" && echo aXQncyBhIGxhYgo= | base64 -d >"$1/etc/motd"",
      "--customize-hook=chroot "$1" usermod --append --groups bird root",
      "--customize-hook=rm -rf "$1"/var/cache/debconf/*-old "$1"/var/log/* "$1"/etc/hostname "$1"/etc/resolv.conf",
      "bookworm",
      "-",
    ]
  `);
});

test("the order of packages doesn't count; everything else that goes into the image does", () => {
  const hash = definitionHash(definition);
  expect(definitionHash({ ...definition, packages: ["bird2", "nftables"], purpose: "other words" })).toBe(hash);
  for (const other of [
    { ...definition, packages: ["bird2"] },
    { ...definition, files: { "/etc/motd": "" } },
    { ...definition, commands: [] },
    { ...definition, command: ["sleep", "1"] },
    { ...definition, name: "other" },
  ])
    expect(definitionHash(other)).not.toBe(hash);
});

test("the tag is the same for the same packages in any order, and another for another version", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}=\d\.\d$/), { minLength: 1 }), (versions) => {
      const reference = imageReference(definition, versions);
      expect(reference).toMatch(/^labwright\/test:bookworm-[0-9a-f]{12}$/);
      expect(imageReference(definition, [...versions].reverse())).toBe(reference);
      expect(
        imageReference(
          definition,
          versions.map((line) => `${line}+1`),
        ),
      ).not.toBe(reference);
    }),
  );
});

test("images have names of their own, and packages named once", () => {
  expect(new Set(images.map((image) => image.name)).size).toBe(images.length);
  for (const { name, packages } of images) expect([name, new Set(packages).size]).toEqual([name, packages.length]);
});
