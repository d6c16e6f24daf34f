import { expect, test } from "vitest";
import { isEmptyTable, undoRules } from "../../../../toolchain/docker/firewall.ts";

const listed = `-P PREROUTING ACCEPT
-P POSTROUTING ACCEPT
-N DOCKER
-N MINE
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A PREROUTING -p tcp -m tcp --dport 8000 -j REDIRECT --to-ports 80
-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
-A POSTROUTING -s 172.17.0.2/32 -d 172.17.0.2/32 -p tcp -m tcp --dport 80 -j MASQUERADE
-A POSTROUTING -s 10.0.0.0/8 -o eth0 -j MASQUERADE
-A DOCKER -i docker0 -j RETURN
`;

test("dockerd's rules and chains are deleted, others stay", () => {
  expect(undoRules("nat", listed, ["docker0"])).toBe(`*nat
-D PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-D POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
-D POSTROUTING -s 172.17.0.2/32 -d 172.17.0.2/32 -p tcp -m tcp --dport 80 -j MASQUERADE
-F DOCKER
-X DOCKER
COMMIT
`);
});

test("nothing is written where dockerd left nothing", () => {
  expect(undoRules("filter", "-P INPUT ACCEPT\n-A INPUT -i lo -j ACCEPT\n", [])).toBeUndefined();
});

test.each([
  ["chains as iptables makes them", "", true],
  ["a rule", 'iifname "eth0" accept', false],
])("a table with %s is empty or not", (_what, rule, empty) => {
  const table = `table ip filter {
	chain FORWARD {
		type filter hook forward priority filter; policy accept;
		${rule}
	}
}
`;
  expect(isEmptyTable(table)).toBe(empty);
});
