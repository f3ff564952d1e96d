package repair

import (
	"fmt"
	"hash/maphash"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A table is a map, whatever comes and goes.
func TestTableIsAMap(t *testing.T) {
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 1))
		table := newTable[int](maphash.MakeSeed())
		model := map[string]int{}
		rows := map[string]uint32{}
		for step := range 3000 {
			id := tableID(random.IntN(400))
			value, ok := model[id]
			found := table.get(id)
			require.Equal(t, ok, found != nil, "seed %d, step %d, %q", seed, step, id)
			switch {
			case !ok:
				v, row := table.add(table.name(id))
				require.Zero(t, *v)
				*v = step
				model[id], rows[id] = step, row
			case step%3 == 0:
				table.remove(rows[id])
				delete(model, id)
			default:
				require.Equal(t, value, *found)
			}
			require.Equal(t, len(model), table.len())
		}
		seen := map[string]int{}
		for row, v := range table.values() {
			seen[table.id(row)] = *v
		}
		require.Equal(t, model, seen)
	}
}

// tableID returns ids of all lengths: empty, as a node's, and longer than a row.
func tableID(n int) string {
	if n == 0 {
		return ""
	}
	return strings.Repeat("x", (n-1)%5*40) + fmt.Sprint(n)
}

// Many with the same hash are told apart, and stay when others of them go.
func TestTableOfOneHash(t *testing.T) {
	table := newTable[int](maphash.MakeSeed())
	names := make([]name, 100)
	rows := make([]uint32, len(names))
	for i := range names {
		names[i] = name{fmt.Sprint(i), 0xFFFFFFFF}
		v, row := table.add(names[i])
		*v, rows[i] = i, row
	}
	for i, row := range rows {
		if i%2 == 0 {
			table.remove(row)
		}
	}
	for i, n := range names {
		v := table.find(n)
		require.Equal(t, i%2 == 1, v != nil, "%d", i)
		if v != nil {
			require.Equal(t, i, *v)
		}
	}
}

// Values stay where they are while the table grows, and while others are removed.
func TestTableValuesDoNotMove(t *testing.T) {
	table := newTable[int](maphash.MakeSeed())
	first, _ := table.add(table.name("first"))
	*first = 1
	for i := range 10_000 {
		v, row := table.add(table.name(fmt.Sprint(i)))
		*v = -1
		if i%2 == 0 {
			table.remove(row)
		}
	}
	assert.Same(t, first, table.get("first"))
	assert.Equal(t, 1, *first)
	assert.Equal(t, 5001, table.len())
}

// Removing what is seen is allowed.
func TestTableIsEmptiedWhileItIsSeen(t *testing.T) {
	table := newTable[int](maphash.MakeSeed())
	for i := range 1000 {
		table.add(table.name(tableID(i)))
	}
	n := 0
	for row := range table.values() {
		table.remove(row)
		n++
	}
	assert.Equal(t, 1000, n)
	assert.Zero(t, table.len())
	assert.Nil(t, table.get(tableID(5)))
	assert.Empty(t, table.texts)
}

func TestTableComparesIDs(t *testing.T) {
	table := newTable[int](maphash.MakeSeed())
	ids := make([]string, 300)
	rows := make(map[string]uint32)
	for i := range ids {
		ids[i] = tableID(i)
		_, rows[ids[i]] = table.add(table.name(ids[i]))
	}
	byRow := slices.Clone(ids)
	slices.SortFunc(byRow, func(x, y string) int { return table.compare(rows[x], rows[y]) })
	slices.Sort(ids)
	assert.Equal(t, ids, byRow)
}

// A small table is small, and one that is emptied and filled again needs no more.
func TestTableReusesRows(t *testing.T) {
	table := newTable[int](maphash.MakeSeed())
	n := table.name(strings.Repeat("7", inline))
	_, row := table.add(n)
	assert.LessOrEqual(t, len(table.rows)*len(table.rows[0]), few)
	assert.Zero(t, testing.AllocsPerRun(1000, func() {
		table.remove(row)
		_, row = table.add(n)
	}))
	assert.Equal(t, uint32(1), table.all)
}

func TestNthSmallest(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, spread := range []int64{1, 2, 255, 256, 100_000, 2 * farFuture} {
		for range 50 {
			values := make([]int64, 1+random.IntN(300))
			for i := range values {
				values[i] = random.Int64N(spread) - spread/2
			}
			sorted := slices.Sorted(slices.Values(values))
			n := 1 + random.IntN(len(values))
			require.Equal(t, sorted[n-1], nth(values, n), "of %d, spread %d", len(values), spread)
		}
	}
}
