/** Envoy's configuration (its API v3), as JSON. Pure. */
import { addressesOf } from "../../names/hosts.ts";
import type { Topology } from "../../topology.ts";
import type { Daemon, Place } from "../render.ts";
import { folderOf } from "./check.ts";
import type { InboundSpec, OutboundSpec, ProxySpec } from "./spec.ts";

export const defaultInboundPort = 8443;

type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };

/** Extensions by the end of their type's name. */
function typed(name: string, settings: Readonly<Record<string, Json>>): Json {
  return { "@type": `type.googleapis.com/${name}`, ...settings };
}

export function renderProxy(topology: Topology, { node, name, directory }: Place, spec: ProxySpec): Daemon {
  const { tls, inbound, outbound = {} } = spec;
  const secrets = secretsOf(`/run/nodes/${node}`, tls);
  const callers = Object.entries(outbound);
  const configuration = {
    node: { id: node, cluster: node },
    // Relative to the node's directory.
    admin: { address: { pipe: { path: `${name}/admin.sock`, mode: 0o600 } } },
    static_resources: {
      listeners: [
        ...(inbound === undefined ? [] : [inboundListener(inbound, directory, topology.families.includes("ipv6"))]),
        ...callers.map(([service, { port }]) => outboundListener(service, port)),
      ],
      clusters: [
        ...(inbound === undefined ? [] : [localCluster(inbound)]),
        ...callers.map(([service, each]) => upstreamCluster(topology, service, each, directory)),
      ],
    },
    overload_manager: {
      resource_monitors: [
        {
          name: "envoy.resource_monitors.global_downstream_max_connections",
          typed_config: typed(
            "envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig",
            { max_active_downstream_connections: 1000 },
          ),
        },
      ],
    },
  };
  const readOnce = {
    [`${name}/envoy.json`]: text(configuration),
    [`${name}/identity.json`]: text(secrets.identity),
    [`${name}/authorities.json`]: text(secrets.authorities),
  };
  return {
    command: [
      ...["envoy", "--config-path", `${directory}/envoy.json`],
      // What that needs is in the system's /dev/shm.
      "--disable-hot-restart",
      // Requests show in the log at once, not within ten seconds.
      ...["--file-flush-interval-msec", "100"],
      ...["--concurrency", "1", "--log-level", "warning"],
    ],
    files: readOnce,
    readOnce: Object.keys(readOnce),
    watches: [tls.certificate, tls.key, tls.authorities],
    reload: "itself",
  };
}

function text(value: Json): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** Files of secrets, which Envoy's secret discovery reads: only such are read again when a file in their folder is replaced. */
function secretsOf(
  node: string,
  { certificate, key, authorities }: ProxySpec["tls"],
): { identity: Json; authorities: Json } {
  const secret = (name: string, content: Readonly<Record<string, Json>>): Json => ({
    resources: [typed("envoy.extensions.transport_sockets.tls.v3.Secret", { name, ...content })],
  });
  const folder = (file: string): Json => ({ path: `${node}/${folderOf(file)}` });
  return {
    identity: secret("identity", {
      tls_certificate: {
        certificate_chain: { filename: `${node}/${certificate}` },
        private_key: { filename: `${node}/${key}` },
        watched_directory: folder(certificate),
      },
    }),
    authorities: secret("authorities", {
      validation_context: {
        trusted_ca: { filename: `${node}/${authorities}` },
        watched_directory: folder(authorities),
      },
    }),
  };
}

function secretConfig(name: string, directory: string): Json {
  return {
    name,
    sds_config: { path_config_source: { path: `${directory}/${name}.json` }, resource_api_version: "V3" },
  };
}

/** A client of Envoy offers TLS 1.2 at most where nothing is said. */
const versions = { tls_minimum_protocol_version: "TLSv1_2", tls_maximum_protocol_version: "TLSv1_3" };

function inboundListener({ port = defaultInboundPort, allows }: InboundSpec, directory: string, ipv6: boolean): Json {
  const context = typed("envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext", {
    require_client_certificate: true,
    common_tls_context: {
      tls_params: versions,
      alpn_protocols: ["h2", "http/1.1"],
      tls_certificate_sds_secret_configs: [secretConfig("identity", directory)],
      validation_context_sds_secret_config: secretConfig("authorities", directory),
    },
  });
  const rules = typed("envoy.extensions.filters.http.rbac.v3.RBAC", {
    rules: {
      action: "ALLOW",
      policies:
        allows.length === 0
          ? {}
          : {
              callers: {
                permissions: [{ any: true }],
                principals: allows.map((exact) => ({ authenticated: { principal_name: { exact } } })),
              },
            },
    },
  });
  return {
    name: "inbound",
    address: {
      socket_address: { address: ipv6 ? "::" : "0.0.0.0", port_value: port, ...(ipv6 ? { ipv4_compat: true } : {}) },
    },
    // Of connections that never came to a request.
    access_log: [
      accessLog(
        "inbound connection from %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% refused: %DOWNSTREAM_TRANSPORT_FAILURE_REASON%",
        "connection.transport_failure_reason != ''",
      ),
    ],
    filter_chains: [
      {
        transport_socket: { name: "envoy.transport_sockets.tls", typed_config: context },
        filters: [
          connectionManager("inbound", "local", {
            forward_client_cert_details: "SANITIZE_SET",
            set_current_client_cert_details: { uri: true },
            access_log: [
              accessLog(
                "inbound %REQ(:METHOD)% %REQ(:PATH)% from %DOWNSTREAM_PEER_URI_SAN% (%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%): %RESPONSE_CODE% %RESPONSE_CODE_DETAILS%",
              ),
            ],
            http_filters: [{ name: "envoy.filters.http.rbac", typed_config: rules }, routerFilter],
          }),
        ],
      },
    ],
  };
}

function outboundListener(service: string, port: number): Json {
  return {
    name: `outbound-${service}`,
    address: { socket_address: { address: "127.0.0.1", port_value: port } },
    filter_chains: [
      {
        filters: [
          connectionManager(`outbound-${service}`, service, {
            access_log: [
              accessLog(
                `outbound %REQ(:METHOD)% %REQ(:PATH)% to ${service} (%UPSTREAM_PEER_URI_SAN%): %RESPONSE_CODE% %RESPONSE_CODE_DETAILS% %UPSTREAM_TRANSPORT_FAILURE_REASON%`,
              ),
            ],
            http_filters: [routerFilter],
          }),
        ],
      },
    ],
  };
}

const routerFilter = {
  name: "envoy.filters.http.router",
  typed_config: typed("envoy.extensions.filters.http.router.v3.Router", {}),
};

function connectionManager(name: string, cluster: string, settings: Readonly<Record<string, Json>>): Json {
  const route = { match: { prefix: "/" }, route: { cluster } };
  return {
    name: "envoy.filters.network.http_connection_manager",
    typed_config: typed("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager", {
      stat_prefix: name,
      route_config: { virtual_hosts: [{ name, domains: ["*"], routes: [route] }] },
      ...settings,
    }),
  };
}

/** `when`: an expression of CEL over Envoy's attributes; default: always. */
function accessLog(format: string, when?: string): Json {
  const filter = {
    extension_filter: {
      name: "envoy.access_loggers.extension_filters.cel",
      typed_config: typed("envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter", {
        expression: when ?? "",
      }),
    },
  };
  return {
    name: "envoy.access_loggers.stderr",
    ...(when === undefined ? {} : { filter }),
    typed_config: typed("envoy.extensions.access_loggers.stream.v3.StderrAccessLog", {
      log_format: { text_format_source: { inline_string: `%START_TIME% ${format}\n` } },
    }),
  };
}

function localCluster({ to }: InboundSpec): Json {
  return cluster("local", "127.0.0.1", to, {});
}

function upstreamCluster(
  topology: Topology,
  service: string,
  { node, nodePort = defaultInboundPort, identity }: OutboundSpec,
  directory: string,
): Json {
  const [address = ""] = addressesOf(topology.nodes.find(({ name }) => name === node));
  const context = typed("envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext", {
    common_tls_context: {
      tls_params: versions,
      tls_certificate_sds_secret_configs: [secretConfig("identity", directory)],
      combined_validation_context: {
        default_validation_context: {
          match_typed_subject_alt_names: [{ san_type: "URI", matcher: { exact: identity } }],
        },
        validation_context_sds_secret_config: secretConfig("authorities", directory),
      },
    },
  });
  const protocols = typed("envoy.extensions.upstreams.http.v3.HttpProtocolOptions", {
    // HTTP/2 where the other side takes it.
    auto_config: {},
    // Who the others are is asked when a connection is made: none should outlive its certificates by long.
    common_http_protocol_options: { idle_timeout: "1s", max_connection_duration: "10s" },
  });
  return cluster(service, address, nodePort, {
    typed_extension_protocol_options: { "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": protocols },
    transport_socket: { name: "envoy.transport_sockets.tls", typed_config: context },
  });
}

function cluster(name: string, address: string, port: number, settings: Readonly<Record<string, Json>>): Json {
  const endpoint = { endpoint: { address: { socket_address: { address, port_value: port } } } };
  return {
    name,
    connect_timeout: "2s",
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [endpoint] }] },
    ...settings,
  };
}
