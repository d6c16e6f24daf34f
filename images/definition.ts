/** What an image is made of. One definition serves both ways of making it: see dockerfile.ts and packages.ts. */
export interface ImageDefinition {
  /** Lower-case letters and hyphens; the image is `labwright/NAME`. */
  readonly name: string;
  /** What runs in its containers, a phrase. */
  readonly purpose: string;
  /** Debian's packages beside its minimal system. */
  readonly packages: readonly string[];
  /** Absolute path: content. */
  readonly files?: Readonly<Record<string, string>>;
  /** Commands, plain words each, that run in it as root when all else is there. */
  readonly commands?: readonly string[];
  /** What a container runs that is given nothing else. */
  readonly command: readonly string[];
}

/** The Debian release of all images. */
export const release = "bookworm";

/** Its official image, for every processor architecture. */
export const baseImage = "debian:bookworm-slim@sha256:96e378d7e6531ac9a15ad505478fcc2e69f371b10f5cdf87857c4b8188404716";

/** Paths that no lab reads. */
export const leftOut = ["/usr/share/doc/*", "/usr/share/info/*", "/usr/share/locale/*", "/usr/share/man/*"] as const;
