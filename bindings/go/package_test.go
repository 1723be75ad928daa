package hookbridge_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	hookbridge "github.com/hookbridge/hookbridge/bindings/go/v3"
)

const module = "github.com/hookbridge/hookbridge/bindings/go/v3"

// command is a command in a folder, which sees no proxy but that one.
func command(folder, proxy, name string, arguments ...string) *exec.Cmd {
	command := exec.Command(name, arguments...)
	command.Dir = folder
	command.Env = append(os.Environ(), "GOPROXY="+proxy, "GONOSUMDB=*", "GOFLAGS=-modcacherw", "GOWORK=off")
	return command
}

func run(t *testing.T, command *exec.Cmd) string {
	t.Helper()
	output, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v: %s", command.Args, err, output)
	}
	return string(output)
}

// project is a folder with the example as a program of its own.
func project(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	program := must[[]byte](t)(os.ReadFile("examples/send/main.go"))
	if err := os.WriteFile(filepath.Join(folder, "main.go"), program, 0o644); err != nil {
		t.Fatal(err)
	}
	run(t, command(folder, "off", "go", "mod", "init", "example.com/producer"))
	return folder
}

// The packed module in a clean project, by the go command alone; then the same with its modules in `vendor`.
func TestPackedModuleInACleanProject(t *testing.T) {
	url, got := receiver(t, 200)
	proxy, folder := t.TempDir(), project(t)
	inside := func(arguments ...string) string {
		t.Helper()
		command := command(folder, "file://"+proxy, "go", arguments...)
		command.Env = append(command.Env, "GOMODCACHE="+filepath.Join(proxy, "cache"))
		return run(t, command)
	}
	delivers := func(arguments ...string) {
		t.Helper()
		output := inside(append(arguments, fresh(t), url)...)
		if id := next(t, got).header.Get("X-Webhook-Id"); output != id+" succeeded\n" || !strings.Contains(id, "-") {
			t.Error(output)
		}
	}
	run(t, exec.Command("go", "run", "./internal/pack", proxy, "v3.0.0"))
	inside("get", module+"@v3.0.0")
	delivers("run", ".")
	inside("mod", "vendor")
	for _, name := range []string{"native/libhookbridge.a", "native/hookbridge.h", "LICENSE-APACHE", "LICENSE-MIT"} {
		if _, err := os.Stat(filepath.Join(folder, "vendor", module, name)); err != nil {
			t.Error(err)
		}
	}
	delivers("run", "-mod=vendor", ".")
}

// The module from a clone, as the README has it: offline, and linked again where the library has changed.
func TestReplacedModuleIsLinkedAnew(t *testing.T) {
	clone, folder := t.TempDir(), project(t)
	if err := os.CopyFS(clone, os.DirFS(".")); err != nil {
		t.Fatal(err)
	}
	run(t, command(folder, "off", "go", "mod", "edit", "-require", module+"@v3.0.0", "-replace", module+"="+clone))
	program := filepath.Join(folder, "program")
	links := func() bool {
		t.Helper()
		return strings.Contains(run(t, command(folder, "off", "go", "build", "-x", "-o", program, ".")), "/link -o ")
	}
	if !links() || links() {
		t.Error("a program that has not changed is linked again, or was never linked")
	}
	// A member without symbols changes the archive and nothing that it says.
	archive := filepath.Join(clone, "native/libhookbridge.a")
	note := filepath.Join(t.TempDir(), "note.txt")
	if err := os.WriteFile(note, []byte("another build\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	run(t, exec.Command("ar", "r", archive, note))
	if !links() {
		t.Error("the program still has the library of before")
	}
}

// What the README shows compiles: each piece as the body of a function.
func TestReadmeCompiles(t *testing.T) {
	text := string(must[[]byte](t)(os.ReadFile("README.md")))
	var program strings.Builder
	program.WriteString("package main\n\nimport (\n\"context\"\n\"fmt\"\n\"log\"\n\n\"" + module + "\"\n)\n\nvar _ = fmt.Sprint\nvar _ = log.Println\n\nfunc main() {}\n")
	pieces := strings.Split(text, "```go\n")[1:]
	for number, piece := range pieces {
		piece, _, _ = strings.Cut(piece, "```")
		taken := "client *hookbridge.Client, messages []hookbridge.SendRequest"
		if strings.Contains(piece, "NewClient") {
			taken = "_ int"
		}
		if !strings.Contains(piece, "return client") {
			piece += "\nreturn nil\n"
		}
		fmt.Fprintf(&program, "\nfunc piece%d(ctx context.Context, %s) error {\n%s}\n", number, taken, piece)
	}
	folder := filepath.Join(t.TempDir(), "readme")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "main.go"), []byte(program.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	run(t, command(folder, "off", "go", "mod", "init", "example.com/readme"))
	here := must[string](t)(filepath.Abs("."))
	run(t, command(folder, "off", "go", "mod", "edit", "-require", module+"@v3.0.0", "-replace", module+"="+here))
	run(t, command(folder, "off", "go", "vet", "."))
	if len(pieces) < 3 {
		t.Error("where are the README's pieces?")
	}
}

// Without cgo there is one error, which says what is needed.
func TestWithoutCgoTheCompilerSaysSo(t *testing.T) {
	build := exec.Command("go", "build", ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	output, err := build.CombinedOutput()
	if err == nil || !bytes.Contains(output, []byte("needs_cgo__set_CGO_ENABLED_to_1")) || bytes.Count(output, []byte("undefined")) != 1 {
		t.Errorf("%v: %s", err, output)
	}
}

// The licences are those of the repository: a module is packed from its own folder.
func TestLicencesAreInTheModule(t *testing.T) {
	for _, name := range []string{"LICENSE-APACHE", "LICENSE-MIT"} {
		ours, its := must[[]byte](t)(os.ReadFile(name)), must[[]byte](t)(os.ReadFile(filepath.Join("../..", name)))
		if !bytes.Equal(ours, its) {
			t.Errorf("%s is another than that of the repository", name)
		}
	}
}

// The other way to link, against a prefix as `make install` leaves one, but with the archive alone.
func TestPkgConfigBuild(t *testing.T) {
	prefix := t.TempDir()
	for _, folder := range []string{"include", "lib/pkgconfig"} {
		if err := os.MkdirAll(filepath.Join(prefix, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	template := must[[]byte](t)(os.ReadFile("../../include/hookbridge.pc.in"))
	described := strings.NewReplacer("@PREFIX@", prefix, "@VERSION@", hookbridge.Version()).Replace(string(template))
	if err := os.WriteFile(filepath.Join(prefix, "lib/pkgconfig/hookbridge.pc"), []byte(described), 0o644); err != nil {
		t.Fatal(err)
	}
	native := must[string](t)(filepath.Abs("native"))
	for from, to := range map[string]string{"hookbridge.h": "include", "libhookbridge.a": "lib"} {
		if err := os.Symlink(filepath.Join(native, from), filepath.Join(prefix, to, from)); err != nil {
			t.Fatal(err)
		}
	}
	url, got := receiver(t, 200)
	command := exec.Command("go", "run", "-tags", "hookbridge_pkgconfig", "./examples/send", fresh(t), url)
	command.Env = append(os.Environ(), "PKG_CONFIG_PATH="+filepath.Join(prefix, "lib/pkgconfig"))
	output, err := command.CombinedOutput()
	if err != nil || !strings.HasSuffix(string(output), " succeeded\n") {
		t.Fatalf("%v: %s", err, output)
	}
	next(t, got)
}
