/** What the kernel and the tools of this machine can do to a link. */

export interface Features {
  readonly netem: boolean;
  readonly tbf: boolean;
  /** nftables with tables of family netdev, for a chain at an interface's ingress. */
  readonly nftNetdev: boolean;
  /** Python 3 with packet sockets that carry a virtio_net_hdr. */
  readonly relay: boolean;
}

const script = `exec unshare --net sh <<'PROBE' 2>/dev/null
ip link add probe0 type veth peer name probe1 || exit 1
tc qdisc replace dev probe0 root netem delay 1ms && echo netem
tc qdisc replace dev probe0 root tbf rate 1mbit burst 3000 limit 30000 && echo tbf
nft 'table netdev probe { chain loss {
  type filter hook ingress device "probe1" priority -500
  numgen random mod 1000000 < 1 drop
}
}' && echo nftNetdev
python3 -c '
import fcntl, select, socket
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.setsockopt(263, 15, 1)
select.epoll()
' && echo relay
exit 0
PROBE
`;

/**
 * Tries each in a throw-away network namespace. `run` runs a shell script in a sandbox (or wherever network namespaces
 * may be made). Fails where not even a veth pair can be made.
 */
export async function probeFeatures(
  run: (script: string) => Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }>,
): Promise<Features> {
  const { exitCode, stdout, stderr } = await run(script);
  if (exitCode !== 0) {
    throw new Error(
      `A veth pair in a network namespace could not be made to try out what it can do: ${stderr.trim() || `exit code ${exitCode}`}.`,
    );
  }
  const found = new Set(stdout.split("\n"));
  const has = (name: keyof Features): boolean => found.has(name);
  return { netem: has("netem"), tbf: has("tbf"), nftNetdev: has("nftNetdev"), relay: has("relay") };
}
