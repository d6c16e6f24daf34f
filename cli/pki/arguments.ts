/** The arguments of `lab pki`. */
import type { Command } from "commander";
import type { Does, Verb } from "../verb.ts";

/** Adds its verbs. */
export function addPki(program: Command, verb: Verb, does: Does): void {
  const pki = program.command("pki").description("a lab's PKI: look at it, rotate, revoke, export");
  pki.helpCommand(false).exitOverride();
  does(
    verb("show", "authorities and certificates, when they end, and what uses them", ["pki show mtls"], pki).argument(
      "<lab>",
      "lab or stack",
    ),
    async (context, lab: string) => (await import("../verbs/pki/inspect.ts")).showPki(context, lab),
  );
  does(
    verb("verify", "chains, keys, times, and the files on the nodes", ["pki verify mtls"], pki).argument(
      "<lab>",
      "lab or stack",
    ),
    async (context, lab: string) => (await import("../verbs/pki/inspect.ts")).verifyPki(context, lab),
  );
  does(
    verb(
      "rotate",
      "give an authority or a certificate its next generation; an authority in three steps, both trusted in between",
      ["pki rotate mtls server", "pki rotate mtls root --step"],
      pki,
    )
      .argument("<lab>", "lab or stack")
      .argument("<name>", "authority or certificate")
      .option("--step", "the next step alone"),
    async (context, lab: string, name: string, options: object) =>
      (await import("../verbs/pki/change.ts")).rotatePki(context, lab, name, options),
  );
  does(
    verb("revoke", "put a certificate on its issuer's revocation list", ["pki revoke mtls client"], pki)
      .argument("<lab>", "lab or stack")
      .argument("<name>", "authority or certificate")
      .option("--reason <reason>", "as RFC 5280 has it, such as keyCompromise; default: unspecified"),
    async (context, lab: string, name: string, options: object) =>
      (await import("../verbs/pki/change.ts")).revokePki(context, lab, name, options),
  );
  does(
    verb("export", "write it into a folder, private keys too", ["pki export mtls my-pki"], pki)
      .argument("<lab>", "lab or stack")
      .argument("<folder>", "folder, made where there is none")
      .option(
        "--as <bundle>",
        "as a program wants it: pkcs12, combined, kubernetes, postgresql, mongodb, istio, linkerd, kubeadm",
      )
      .option("--name <names>", "certificate or authority of the bundle; of kubeadm three, with commas between"),
    async (context, lab: string, folder: string, options: object) =>
      (await import("../verbs/pki/files.ts")).exportPki(context, lab, folder, options),
  );

  does(
    verb("init", "make a small certificate authority in a folder, without a lab", ["pki init my-ca"], pki).argument(
      "<folder>",
      "folder, made where there is none",
    ),
    async (context, folder: string) => (await import("../verbs/pki/standalone.ts")).initPki(context, folder),
  );
  does(
    verb("issue", "issue a certificate by the authority in a folder", ["pki issue my-ca server.local 10.0.0.1"], pki)
      .argument("<folder>", "folder of `pki init`")
      .argument("[names...]", "DNS names, addresses, URIs or mail addresses; files are named after the first")
      .option("--request <file>", "a certificate request, PEM, instead of names"),
    async (context, folder: string, names: string[], options: object) =>
      (await import("../verbs/pki/standalone.ts")).issuePki(context, folder, names, options),
  );
}
