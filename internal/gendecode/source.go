package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A record is a struct that is read from a JSON object.
type record struct {
	name   string
	file   string // where it is declared
	fields []field
	event  bool // it is a payload, not a part of one
}

// A field is one member of the object, in the order in which servers write them.
type field struct {
	name, key string
	kind      string // the type, as Go writes it
	optional  bool   // left out, or null, where there is nothing to say
}

// A source is what the package's files declare.
type source struct {
	structs map[string]record // not yet their fields' meaning
	types   map[string]*ast.StructType
	named   map[string]bool // all types
	events  []string        // the structs of the catalogue, in its order
}

// load parses the package in dir. It does not type-check it: without the files
// that are about to be written, the package does not compile.
func load(dir string) (source, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return source{}, err
	}
	s := source{structs: map[string]record{}, types: map[string]*ast.StructType{}, named: map[string]bool{}}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, suffix) {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return source{}, err
		}
		s.add(filepath.Base(path), file)
	}
	if len(s.events) == 0 {
		return source{}, fmt.Errorf("no catalogue in %s", dir)
	}
	return s, nil
}

// add notes the types of file, and the catalogue if it is there: a variable of
// that name, each row with an element decodeAs[Struct].
func (s *source) add(name string, file *ast.File) {
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			return false
		case *ast.TypeSpec:
			s.named[n.Name.Name] = true
			if fields, ok := n.Type.(*ast.StructType); ok {
				s.structs[n.Name.Name] = record{name: n.Name.Name, file: name}
				s.types[n.Name.Name] = fields
			}
		case *ast.IndexExpr:
			if of, ok := n.X.(*ast.Ident); ok && of.Name == "decodeAs" {
				s.events = append(s.events, n.Index.(*ast.Ident).Name)
			}
		}
		return true
	})
}

// records returns the structs that need a decoder: those of the catalogue, and
// those that they have lists of. They are in the order of their names.
func (s *source) records() ([]record, error) {
	found := map[string]record{}
	for _, name := range s.events {
		if err := s.resolve(name, true, found); err != nil {
			return nil, err
		}
	}
	return slices.SortedFunc(maps.Values(found), func(a, b record) int { return strings.Compare(a.name, b.name) }), nil
}

// resolve adds the struct of the given name and its parts to found.
func (s *source) resolve(name string, event bool, found map[string]record) error {
	r, ok := s.structs[name]
	if !ok {
		return fmt.Errorf("no struct %s", name)
	}
	r.event = event
	for _, f := range s.types[name].Fields.List {
		one, err := s.field(f)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		r.fields = append(r.fields, one)
		if of, ok := element(one.kind); ok && s.types[of] != nil {
			if err := s.resolve(of, false, found); err != nil {
				return err
			}
		}
	}
	if err := r.check(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	found[name] = r
	return nil
}

// plain is a key that encoding/json matches in no spelling but its own, if the
// other keys are plain as well: what folds to it in another case is not in the
// order that is expected, so it is left to encoding/json.
var plain = regexp.MustCompile(`^[a-z0-9_]+$`)

// field reads one field.
func (s *source) field(f *ast.Field) (field, error) {
	if len(f.Names) != 1 || f.Tag == nil || !f.Names[0].IsExported() {
		return field{}, errors.New("a field without one exported name and a tag")
	}
	name := f.Names[0].Name
	tag, err := strconv.Unquote(f.Tag.Value)
	if err != nil {
		return field{}, fmt.Errorf("%s: %w", name, err)
	}
	key, options, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ",")
	if !plain.MatchString(key) || options != "" && options != "omitzero" {
		return field{}, fmt.Errorf("%s: cannot predict the key of %q", name, tag)
	}
	kind, err := s.kind(f.Type)
	if err != nil {
		return field{}, fmt.Errorf("%s: %w", name, err)
	}
	return field{name: name, key: key, kind: kind, optional: options == "omitzero"}, nil
}

// kind returns the type of a field, if there is a way to read it.
func (s *source) kind(expr ast.Expr) (string, error) {
	list := ""
	if array, ok := expr.(*ast.ArrayType); ok && array.Len == nil {
		list, expr = "[]", array.Elt
	}
	ident, ok := expr.(*ast.Ident)
	if !ok {
		return "", errors.New("cannot read its type")
	}
	kind := list + ident.Name
	if _, known := readers[kind]; known || list == "" && s.named[ident.Name] || list != "" && s.types[ident.Name] != nil {
		return kind, nil
	}
	return "", fmt.Errorf("cannot read a %s", kind)
}

// check refuses what cannot be predicted.
func (r *record) check() error {
	if len(r.fields) == 0 || r.fields[0].optional {
		return errors.New("the first field is always there: it has no comma")
	}
	keys := map[string]bool{"type": true} // which the guide's servers write first
	for _, f := range r.fields {
		if keys[f.key] {
			return fmt.Errorf("%s: key %q is taken", f.name, f.key)
		}
		keys[f.key] = true
	}
	return nil
}

// element returns the type of a list's elements, false if kind is no list.
func element(kind string) (string, bool) { return strings.CutPrefix(kind, "[]") }
