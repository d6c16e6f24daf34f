/** Krill's HTTP API (version 1) over its Unix socket: no token, it knows root by the socket. */
import { request } from "node:http";
import type { RoaInputs } from "../schema.ts";

/** A ROA as it is signed and published, or to be. */
export interface SignedRoa extends RoaInputs {
  /** Of the objects that hold it. */
  readonly uris: readonly string[];
}

/** Krill doesn't take connections. */
export class NotAnswering extends Error {}

/** Of the CA that Krill's testbed sets up by itself, which holds every resource. */
const parent = "testbed";
const everything = { asn: "AS0-AS4294967295", ipv4: "0.0.0.0/0", ipv6: "::/0" };

export class Krill {
  readonly #socket: string;

  constructor(socket: string) {
    this.#socket = socket;
  }

  /** The trust anchor's (RFC 8630). @throws NotAnswering while Krill is starting. */
  async locator(): Promise<string> {
    const text = await this.#ask("GET", "/ta/ta.tal", undefined, [404]);
    if (text === undefined) throw new NotAnswering("it has no trust anchor yet");
    return text;
  }

  /** The ROAs of a CA; undefined where there is no such CA, or one whose making was cut short. */
  async roas(authority: string): Promise<SignedRoa[] | undefined> {
    const ca = await this.#ca(authority);
    if (ca === undefined || ca.resources.asn === "") return undefined;
    const listed = JSON.parse(await this.#get(`/api/v1/cas/${authority}/routes`)) as ListedRoa[];
    return listed.map(({ prefix, asn, max_length, roa_objects }) => ({
      prefix,
      asn,
      maxLength: max_length ?? Number(prefix.split("/")[1]),
      uris: roa_objects.map(({ uri }) => uri),
    }));
  }

  /** Makes a CA with every resource and these ROAs, anew. */
  async create(authority: string, roas: readonly RoaInputs[]): Promise<void> {
    for (const path of [`cas/${parent}/children/${authority}`, `pubd/publishers/${authority}`, `cas/${authority}`])
      await this.#ask("DELETE", `/api/v1/${path}`, undefined, [404]);
    const ca = { handle: authority, parent: { handle: parent, resources: everything }, roas: roas.map(written) };
    await this.#ask("POST", "/api/v1/bulk/cas/import", { cas: [ca] });
  }

  /** All in one change. */
  async update(authority: string, added: readonly RoaInputs[], removed: readonly RoaInputs[]): Promise<void> {
    await this.#ask("POST", `/api/v1/cas/${authority}/routes`, {
      added: added.map(written),
      removed: removed.map(written),
    });
  }

  /** URIs of the ROAs of a CA that relying parties would fetch now; undefined while a publication is being replaced. */
  async published(authority: string): Promise<string[] | undefined> {
    const base = (await this.#ca(authority))?.repo_info?.sia_base;
    const notification = await this.#get("/rrdp/notification.xml");
    const snapshot = /<snapshot uri="https:\/\/[^/"]+([^"]+)"/.exec(notification)?.[1];
    if (base === undefined || snapshot === undefined) return [];
    const text = await this.#ask("GET", snapshot, undefined, [404]);
    if (text === undefined) return undefined;
    const uris = [...text.matchAll(/uri="([^"]+\.roa)"/g)].map(([, uri = ""]) => uri);
    return uris.filter((uri) => uri.startsWith(base));
  }

  async #ca(authority: string): Promise<CertificationAuthority | undefined> {
    const text = await this.#ask("GET", `/api/v1/cas/${authority}`, undefined, [404]);
    return text === undefined ? undefined : (JSON.parse(text) as CertificationAuthority);
  }

  async #get(path: string): Promise<string> {
    return (await this.#ask("GET", path)) ?? "";
  }

  /** The answer's body; undefined with one of the statuses that `absent` names. */
  #ask(method: string, path: string, body?: object, absent: readonly number[] = []): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      const sent = request(
        { socketPath: this.#socket, method, path, timeout: 60_000, headers: { "content-type": "application/json" } },
        (response) => {
          let text = "";
          response.setEncoding("utf8");
          response.on("error", reject);
          response.on("data", (part: string) => (text += part));
          response.on("end", () => {
            const status = response.statusCode ?? 0;
            if (status === 200) resolve(text);
            else if (absent.includes(status)) resolve(undefined);
            else reject(new Error(`${method} ${path}: ${reasonOf(text) || `HTTP ${status}`}`));
          });
        },
      );
      sent.on("timeout", () => sent.destroy(new Error(`${method} ${path}: no answer within 60 s`)));
      sent.on("error", (error: NodeJS.ErrnoException) =>
        reject(["ENOENT", "ECONNREFUSED"].includes(error.code ?? "") ? new NotAnswering("it doesn't answer") : error),
      );
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}

interface CertificationAuthority {
  readonly resources: { readonly asn: string };
  readonly repo_info?: { readonly sia_base: string } | null;
}

interface ListedRoa {
  readonly prefix: string;
  readonly asn: number;
  readonly max_length: number | null;
  readonly roa_objects: readonly { readonly uri: string }[];
}

function written({ prefix, asn, maxLength }: RoaInputs): object {
  return { prefix, asn, max_length: maxLength };
}

/** Krill's errors are JSON with a text. */
function reasonOf(text: string): string {
  const message = /"msg":("(?:[^"\\]|\\.)*")/.exec(text)?.[1];
  return message === undefined ? "" : (JSON.parse(message) as string).trim().replaceAll(/\s*\n\s*/g, " ");
}
