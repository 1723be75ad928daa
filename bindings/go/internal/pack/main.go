// Packs the module, with the library that `make go` built, as a folder that the go command takes as a GOPROXY:
// go run ./internal/pack FOLDER VERSION
package main

import (
	"archive/zip"
	"fmt"
	"io"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const module = "github.com/hookbridge/hookbridge/bindings/go/v3"

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: pack FOLDER VERSION")
	}
	if err := pack(filepath.Join(os.Args[1], filepath.FromSlash(module), "@v"), os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

func pack(folder, version string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	definition, err := os.ReadFile("go.mod")
	if err != nil {
		return err
	}
	info := fmt.Sprintf(`{"Version":%q,"Time":%q}`, version, time.Now().UTC().Format(time.RFC3339))
	for name, text := range map[string]string{"list": version + "\n", version + ".info": info, version + ".mod": string(definition)} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	file, err := os.Create(filepath.Join(folder, version+".zip"))
	if err != nil {
		return err
	}
	defer file.Close()
	archive := zip.NewWriter(file)
	add := func(source, name string) error {
		from, err := os.Open(source)
		if err != nil {
			return err
		}
		defer from.Close()
		into, err := archive.Create(module + "@" + version + "/" + name)
		if err != nil {
			return err
		}
		_, err = io.Copy(into, from)
		return err
	}
	err = filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || strings.HasSuffix(name, "_test.go") {
			return err
		}
		return add(name, filepath.ToSlash(name))
	})
	if err != nil {
		return err
	}
	return archive.Close()
}
