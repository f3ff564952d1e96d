package events_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/adic/adic-go/subscription/events"
)

// The guide's eight, in its order of priority.
var guide = []events.Type{
	events.TypeTipsUpdated, events.TypeMessageFinalized, events.TypeMessageAdded,
	events.TypeDiversityUpdated, events.TypeEnergyUpdated, events.TypeKCoreUpdated,
	events.TypeAdmissibilityUpdated, events.TypeEconomicsUpdated,
}

// declared reads the source of the package: the types with a method Type, the
// constants of type Type.
func declared(t *testing.T) (structs, constants []string) {
	t.Helper()
	entries, err := os.ReadDir(".")
	require.NoError(t, err)
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".go") || strings.HasSuffix(entry.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), entry.Name(), nil, 0)
		require.NoError(t, err)
		for _, decl := range file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Name.Name == "Type" && d.Recv != nil {
					structs = append(structs, d.Recv.List[0].Type.(*ast.Ident).Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					v, ok := spec.(*ast.ValueSpec)
					if !ok || d.Tok != token.CONST {
						continue
					}
					if ident, ok := v.Type.(*ast.Ident); ok && ident.Name == "Type" {
						constants = append(constants, strings.TrimPrefix(v.Names[0].Name, "Type"))
					}
				}
			}
		}
	}
	return structs, constants
}

func golden(t *testing.T, file string) []events.Type {
	t.Helper()
	var types []events.Type
	for _, p := range lines[pair](t, file) {
		if !slices.Contains(types, p.Type) {
			types = append(types, p.Type)
		}
	}
	return types
}

func TestCatalogueStructsAndGoldenFilesNameTheSameTypes(t *testing.T) {
	types := events.Types()
	require.Len(t, types, 54)
	names := make([]string, 0, len(types)+1)
	for _, typ := range types {
		names = append(names, string(typ))
	}
	names = append(names, "Gap")
	structs, constants := declared(t)
	assert.ElementsMatch(t, names, structs)
	assert.ElementsMatch(t, names, constants)
	assert.Equal(t, types, golden(t, "node.jsonl"))
	assert.ElementsMatch(t, guide, golden(t, "guide.jsonl"))
}

func TestEachTypeDecodesIntoTheStructOfItsName(t *testing.T) {
	for _, typ := range append(events.Types(), events.TypeGap) {
		e, err := events.DecodeAny(events.Envelope{Type: typ, Data: []byte("{}")})
		require.NoError(t, err)
		assert.Equal(t, typ, e.Type())
		assert.Equal(t, string(typ), reflect.TypeOf(e).Name())
		assert.True(t, reflect.ValueOf(e).IsZero(), typ)
	}
}

func TestStructsHaveFieldsThatAGeneratorCanRead(t *testing.T) {
	for _, typ := range events.Types() {
		e, err := events.DecodeAny(events.Envelope{Type: typ, Data: []byte("{}")})
		require.NoError(t, err)
		fields := reflect.VisibleFields(reflect.TypeOf(e))
		for i, f := range fields {
			tag, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			assert.Regexp(t, `^[a-z0-9_]+$`, tag, "%s.%s", typ, f.Name)
			assert.Contains(t, []string{"", "omitzero"}, options, "%s.%s", typ, f.Name)
			assert.Equal(t, i == len(fields)-1, tag == "timestamp", "%s.%s: the timestamp is last", typ, f.Name)
			assert.Equal(t, strings.ReplaceAll(tag, "_", ""), strings.ToLower(f.Name), "%s.%s", typ, f.Name)
		}
	}
}

func TestPriorities(t *testing.T) {
	want := map[events.Priority]string{
		events.Medium: "DiversityUpdated EnergyUpdated KCoreUpdated DepositReleased SyncStarted SyncProgress SyncCompleted " +
			"ReputationChanged QuorumSelected QuorumVoteCompleted EscrowLocked EscrowReleased EscrowSlashed EscrowRefunded " +
			"TreasuryGrantExecuted AggregatorSelected WorkersSelected",
		events.Low: "AdmissibilityUpdated EconomicsUpdated NodeStarted NodeStopped GenesisLoaded",
	}
	got := map[events.Priority][]string{}
	for _, typ := range events.Types() {
		got[typ.Priority()] = append(got[typ.Priority()], string(typ))
		assert.Equal(t, typ.Priority(), typ.Lane())
	}
	for p, types := range want {
		assert.Equal(t, types, strings.Join(got[p], " "))
	}
	assert.Len(t, got[events.High], 32)
	assert.Len(t, got, 3)
}

func TestTypesIsFresh(t *testing.T) {
	events.Types()[0] = "Mine"
	assert.Equal(t, events.TypeTipsUpdated, events.Types()[0])
}

func TestTypesThatTheCatalogueDoesNotHave(t *testing.T) {
	for typ, lane := range map[events.Type]events.Priority{
		"Comet":        events.Medium,
		"":             events.Medium,
		"tips.update":  events.Medium, // a Type is in the spelling of the JSON tag
		events.TypeGap: events.High,
	} {
		assert.False(t, typ.Known(), typ)
		assert.Equal(t, string(typ), typ.Name())
		assert.Equal(t, events.AnyPriority, typ.Priority(), typ)
		assert.Equal(t, lane, typ.Lane(), typ)
	}
	assert.True(t, events.TypeTipsUpdated.Known())
}
