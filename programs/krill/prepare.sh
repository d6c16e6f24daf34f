#!/bin/sh
# prepare.sh DIRECTORY HOST: what Krill needs before it starts, all of it readable by its owner only.
# Once: a root, and a certificate for HOST signed by it, since Krill's own has no subject alternative name.
# Each time: krill.conf, out of the declared krill.toml and an administrator's token that nobody needs to know:
# krillc comes by the Unix socket, and is known by its user.
set -eu
umask 077
cd "$1"
host=$2

if [ ! -e storage/ssl/cert.pem ]; then
  mkdir -p storage/ssl
  new() { openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes "$@"; }
  new -x509 -days 3650 -subj "/O=Labwright/CN=Root of the lab's RPKI" -keyout root.key -out root.pem \
    -addext keyUsage=critical,keyCertSign,cRLSign
  new -subj "/O=Labwright/CN=$host" -keyout storage/ssl/key.pem -out server.csr
  printf 'subjectAltName=DNS:%s\nbasicConstraints=critical,CA:FALSE\nextendedKeyUsage=serverAuth\n' "$host" >server.ext
  openssl x509 -req -days 3650 -set_serial 1 -in server.csr -extfile server.ext -CA root.pem -CAkey root.key -out cert.pem
  # The root signs nothing else.
  rm root.key server.csr server.ext
  mv cert.pem storage/ssl/cert.pem
fi

{
  printf 'admin_token = "%s"\n' "$(openssl rand -hex 32)"
  cat krill.toml
} >krill.conf
