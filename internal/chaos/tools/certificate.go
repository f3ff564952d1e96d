package tools

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// An Authority signs certificates. Make one with NewAuthority.
type Authority struct {
	Pool *x509.CertPool // that trusts it
	File string         // with its certificate
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// A Certificate is one in files, and for this process.
type Certificate struct {
	tls.Certificate

	Chain, Key, Both string // files; Both holds the two, as haproxy wants it
}

// NewAuthority makes an authority that keeps its files in a folder.
func NewAuthority(dir string) (*Authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "chaos"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	raw, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	a := &Authority{Pool: x509.NewCertPool(), File: filepath.Join(dir, "ca.pem"), dir: dir, key: key}
	if a.cert, err = x509.ParseCertificate(raw); err != nil {
		return nil, err
	}
	a.Pool.AddCert(a.cert)
	return a, save(a.File, block("CERTIFICATE", raw))
}

// Issue makes a certificate for a host, an address or a name, that is valid until a
// time.
func (a *Authority) Issue(host string, until time.Time) (Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Certificate{}, err
	}
	serial := big.NewInt(time.Now().UnixNano())
	form := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: host}, NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: until,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	if ip := net.ParseIP(host); ip != nil {
		form.IPAddresses = []net.IP{ip}
	} else {
		form.DNSNames = []string{host}
	}
	raw, err := x509.CreateCertificate(rand.Reader, form, a.cert, &key.PublicKey, a.key)
	if err != nil {
		return Certificate{}, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return Certificate{}, err
	}
	base := filepath.Join(a.dir, serial.String())
	c := Certificate{Chain: base + ".pem", Key: base + ".key", Both: base + ".both"}
	chain, private := block("CERTIFICATE", raw), block("PRIVATE KEY", secret)
	for file, text := range map[string][]byte{c.Chain: chain, c.Key: private, c.Both: slices.Concat(chain, private)} {
		if err := save(file, text); err != nil {
			return Certificate{}, err
		}
	}
	c.Certificate, err = tls.X509KeyPair(chain, private)
	return c, err
}

func block(name string, raw []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: name, Bytes: raw})
}

func save(file string, text []byte) error {
	const private = 0o600
	return os.WriteFile(file, text, private)
}
