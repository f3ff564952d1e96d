// Package soak follows a node for long, in fake time, at a thousand events a second
// and with a random fault every 30 s. Its test takes a minute of that time; the
// environment makes it more:
//
//	ADIC_SOAK=1h ADIC_SOAK_SEED=7 ADIC_SOAK_SAMPLES=file go test ./soak
package soak
