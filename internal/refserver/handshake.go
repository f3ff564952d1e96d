package refserver

import (
	"crypto/sha1" //nolint:gosec // RFC 6455 asks for it
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// refuseUpgrade answers a request that is no WebSocket handshake, with the
// status and sentence of a node, and reports whether it did.
func refuseUpgrade(w http.ResponseWriter, r *http.Request) bool {
	h := r.Header
	switch {
	case r.Method != http.MethodGet:
		w.Header().Set("Allow", "GET,HEAD")
		replyEmpty(w, http.StatusMethodNotAllowed)
	case !strings.Contains(strings.ToLower(strings.Join(h.Values("Connection"), ",")), "upgrade"):
		replyText(w, http.StatusBadRequest, "Connection header did not include 'upgrade'")
	case !strings.EqualFold(h.Get("Upgrade"), "websocket"):
		replyText(w, http.StatusBadRequest, "`Upgrade` header did not include 'websocket'")
	case h.Get("Sec-WebSocket-Version") != "13":
		replyText(w, http.StatusBadRequest, "`Sec-WebSocket-Version` header did not include '13'")
	case h.Get("Sec-WebSocket-Key") == "":
		replyText(w, http.StatusBadRequest, "`Sec-WebSocket-Key` header missing")
	case !r.ProtoAtLeast(1, 1) || r.ProtoMajor > 1:
		replyText(w, http.StatusUpgradeRequired, "WebSocket request couldn't be upgraded since no upgrade state was present")
	default:
		return false
	}
	return true
}

// upgradeHead is the head of the 101. A node offers no extension and no
// subprotocol, and spells header names in lower case.
func upgradeHead(key string, now time.Time) []byte {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")) //nolint:gosec // RFC 6455 asks for it
	return fmt.Appendf(nil, "HTTP/1.1 101 Switching Protocols\r\n"+
		"connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-accept: %s\r\ndate: %s\r\n\r\n",
		base64.StdEncoding.EncodeToString(sum[:]), now.UTC().Format(http.TimeFormat))
}

func replyText(w http.ResponseWriter, status int, text string) {
	replyBytes(w, status, "text/plain; charset=utf-8", []byte(text))
}
