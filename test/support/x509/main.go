// Verifies chains with Go's crypto/x509. Standard input: JSON array of chains; standard output: a JSON array of what it
// says of each, "ok" or its error.
package main

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
)

type chain struct {
	Root, Issuing, Leaf, List, Name string
}

func main() {
	var chains []chain
	if err := json.NewDecoder(os.Stdin).Decode(&chains); err != nil {
		panic(err)
	}
	said := []string{}
	for _, each := range chains {
		said = append(said, judge(each))
	}
	json.NewEncoder(os.Stdout).Encode(said)
}

func judge(c chain) string {
	roots, intermediates := x509.NewCertPool(), x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(c.Root))
	intermediates.AppendCertsFromPEM([]byte(c.Issuing))
	leaf, err := parse(c.Leaf)
	if err != nil {
		return err.Error()
	}
	options := x509.VerifyOptions{
		Roots: roots, Intermediates: intermediates, DNSName: c.Name,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if _, err := leaf.Verify(options); err != nil {
		return err.Error()
	}
	issuing, err := parse(c.Issuing)
	if err != nil {
		return err.Error()
	}
	block, _ := pem.Decode([]byte(c.List))
	list, err := x509.ParseRevocationList(block.Bytes)
	if err != nil {
		return err.Error()
	}
	if err := list.CheckSignatureFrom(issuing); err != nil {
		return err.Error()
	}
	if list.RevokedCertificateEntries[0].SerialNumber.Cmp(leaf.SerialNumber) != 0 {
		return "another serial number is revoked"
	}
	return fmt.Sprintf("ok, list %v, reason %d", list.Number, list.RevokedCertificateEntries[0].ReasonCode)
}

func parse(text string) (*x509.Certificate, error) {
	block, _ := pem.Decode([]byte(text))
	return x509.ParseCertificate(block.Bytes)
}
