package ledger

const charset = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

// bech32 encodes data under the human-readable part hrp, as BIP 173 says.
func bech32(hrp string, data []byte) string {
	words := regroup(data)
	sum := append(expand(hrp), words...)
	check := polymod(append(sum, 0, 0, 0, 0, 0, 0)) ^ 1
	for i := range 6 {
		words = append(words, byte(check>>(5*(5-i))&31))
	}
	out := append([]byte(hrp), '1')
	for _, w := range words {
		out = append(out, charset[w])
	}
	return string(out)
}

// regroup turns bytes into groups of five bits, padded with zeros.
func regroup(data []byte) []byte {
	var out []byte
	acc, bits := 0, 0
	for _, b := range data {
		acc, bits = (acc<<8|int(b))&0xfff, bits+8
		for bits >= 5 {
			bits -= 5
			out = append(out, byte(acc>>bits&31))
		}
	}
	if bits > 0 {
		out = append(out, byte(acc<<(5-bits)&31))
	}
	return out
}

// expand spreads the human-readable part for the checksum.
func expand(hrp string) []byte {
	var high, low []byte
	for i := range len(hrp) {
		high, low = append(high, hrp[i]>>5), append(low, hrp[i]&31)
	}
	return append(append(high, 0), low...)
}

func polymod(values []byte) uint32 {
	generator := [...]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3}
	check := uint32(1)
	for _, v := range values {
		top := check >> 25
		check = (check&0x1ffffff)<<5 ^ uint32(v)
		for i, g := range generator {
			if top>>i&1 == 1 {
				check ^= g
			}
		}
	}
	return check
}
