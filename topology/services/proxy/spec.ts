/** A proxy beside a service: what an author writes. Plain data. */

/**
 * Envoy beside a node's own service, as its sidecar: it takes the node's SPIFFE identity to others, and asks theirs. Both
 * sides of every connection show a certificate (mutual TLS). Another certificate, key or authority is taken up without a
 * restart; anything else restarts it. Its access log is what `lab logs` shows.
 */
export interface ProxySpec {
  readonly kind: "proxy";
  /** Paths of PEM files relative to the node's directory, its `credentials` or `files`; certificate and key in one folder. */
  readonly tls: ProxyTlsSpec;
  /** What comes in for the node's own service. Default: nothing may. */
  readonly inbound?: InboundSpec;
  /** By name: the services that the node calls, each at a port of its loopback interface. */
  readonly outbound?: Readonly<Record<string, OutboundSpec>>;
}

export interface ProxyTlsSpec {
  /** With those of the authorities between it and the root. Its name is a SPIFFE ID. */
  readonly certificate: string;
  readonly key: string;
  /** Of the trust domain: others' certificates must come from one of them. */
  readonly authorities: string;
}

export interface InboundSpec {
  /** TCP port on every address of the node. Default 8443. */
  readonly port?: number;
  /** TCP port of the node's own service on the loopback interface, HTTP. */
  readonly to: number;
  /** SPIFFE IDs of the callers that may; others are answered 403. */
  readonly allows: readonly string[];
}

export interface OutboundSpec {
  /** TCP port on the loopback interface, HTTP. */
  readonly port: number;
  /** Where the service is. */
  readonly node: string;
  /** TCP port of the proxy there. Default 8443. */
  readonly nodePort?: number;
  /** SPIFFE ID that it must have. */
  readonly identity: string;
}
