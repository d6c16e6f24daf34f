/** @peculiar/x509, set up: it wants decorators' metadata to be there before it is loaded, and a WebCrypto to sign with. */
import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { cryptoProvider } from "@peculiar/x509";

export * from "@peculiar/x509";

cryptoProvider.set(webcrypto);
