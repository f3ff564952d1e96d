package report

import (
	"context"
	"io"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
	"time"
)

// An Environment is where a campaign was run, and what was compared.
type Environment struct {
	At       time.Time         `json:"at"`
	Took     time.Duration     `json:"took"`
	Go       string            `json:"go"`
	System   string            `json:"system"`
	CPU      string            `json:"cpu"`
	Cores    int               `json:"cores"`
	Commit   string            `json:"commit"`
	Versions map[string]string `json:"versions"`
}

// compared are the modules whose versions matter.
var compared = [...]string{ //nolint:gochecknoglobals // a table of constants
	"github.com/bwmarrin/discordgo", "github.com/coder/websocket", "github.com/cometbft/cometbft", "github.com/ethereum/go-ethereum",
	"github.com/gorilla/websocket", "github.com/launchdarkly/eventsource", "github.com/lxzan/gws", "github.com/nats-io/nats.go",
	"github.com/r3labs/sse/v2", "github.com/tmaxmax/go-sse",
}

// Here returns the environment of this process.
func Here(ctx context.Context) Environment {
	e := Environment{
		At: time.Now().UTC().Truncate(time.Second), Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH, Cores: runtime.NumCPU(),
		CPU: processor(), Versions: make(map[string]string),
	}
	if out, err := exec.CommandContext(ctx, "git", "rev-parse", "--short", "HEAD").Output(); err == nil {
		e.Commit = strings.TrimSpace(string(out))
	}
	if text, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		e.System += ", Linux " + strings.TrimSpace(string(text))
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			for _, path := range compared {
				if m.Path == path {
					e.Versions[path] = m.Version
				}
			}
		}
	}
	return e
}

// processor returns what the system calls the CPU.
func processor() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

// Write writes the environment as a paragraph.
func (e Environment) Write(w io.Writer) {
	sayf(w, "\nMeasured %s at commit %s: %d CPUs (%s), %s, %s, loopback; the run took %v.\n", e.At.Format("2 January 2006"), e.Commit, e.Cores,
		e.CPU, e.Go, e.System, e.Took.Round(time.Second))
	var list []string
	for _, path := range compared {
		if v, ok := e.Versions[path]; ok {
			list = append(list, strings.TrimPrefix(path, "github.com/")+" "+v)
		}
	}
	sayf(w, "Compared: %s.\n", strings.Join(list, ", "))
}
