package hookbridge_test

import (
	"bytes"
	"encoding/json"
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

// write puts the first example into a file, with an endpoint at url.
func write(t *testing.T, url, file string) {
	t.Helper()
	program := string(must[[]byte](t)(os.ReadFile("examples/first/main.go")))
	program = strings.ReplaceAll(program, "https://example.com/hooks", url)
	if err := os.WriteFile(file, []byte(program), 0o644); err != nil {
		t.Fatal(err)
	}
}

// delivers runs the program with an outbox of its own: what it says that it sent has arrived.
func delivers(t *testing.T, program string, got <-chan delivery) {
	t.Helper()
	sender := exec.Command(program)
	sender.Dir = t.TempDir()
	sender.Env = append(os.Environ(), "HOOKBRIDGE_ALLOW_LOCAL_ENDPOINTS=true")
	output := run(t, sender)
	if id := next(t, got).header.Get("X-Webhook-Id"); !strings.HasSuffix(output, "\n"+id+"\n") || !strings.Contains(id, "-") {
		t.Error(output)
	}
}

// project is a folder with the example as a program of its own.
func project(t *testing.T, url string) string {
	t.Helper()
	folder := t.TempDir()
	write(t, url, filepath.Join(folder, "main.go"))
	run(t, command(folder, "off", "go", "mod", "init", "example.com/producer"))
	return folder
}

// The packed module in a clean project, by the go command alone; then the same with its modules in `vendor`.
func TestPackedModuleInACleanProject(t *testing.T) {
	url, got := receiver(t, 200)
	proxy, folder := t.TempDir(), project(t, url)
	inside := func(arguments ...string) string {
		t.Helper()
		command := command(folder, "file://"+proxy, "go", arguments...)
		command.Env = append(command.Env, "GOMODCACHE="+filepath.Join(proxy, "cache"))
		return run(t, command)
	}
	program := filepath.Join(t.TempDir(), "program")
	run(t, exec.Command("go", "run", "./internal/pack", proxy, "v3.0.0"))
	inside("get", module+"@v3.0.0")
	inside("build", "-o", program, ".")
	delivers(t, program, got)
	inside("mod", "vendor")
	for _, name := range []string{"native/libhookbridge.a", "native/hookbridge.h", "LICENSE-APACHE", "LICENSE-MIT"} {
		if _, err := os.Stat(filepath.Join(folder, "vendor", module, name)); err != nil {
			t.Error(err)
		}
	}
	inside("build", "-mod=vendor", "-o", program, ".")
	delivers(t, program, got)
}

// The module from a clone, as the README has it: offline, and linked again where the library has changed.
func TestReplacedModuleIsLinkedAnew(t *testing.T) {
	clone, folder := t.TempDir(), project(t, "https://example.com/hooks")
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
	changed, program := filepath.Join(t.TempDir(), "main.go"), filepath.Join(t.TempDir(), "program")
	write(t, url, changed)
	example := must[string](t)(filepath.Abs("examples/first/main.go"))
	overlay := filepath.Join(t.TempDir(), "overlay.json")
	replaced := must[[]byte](t)(json.Marshal(map[string]any{"Replace": map[string]string{example: changed}}))
	if err := os.WriteFile(overlay, replaced, 0o644); err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "build", "-tags", "hookbridge_pkgconfig", "-overlay", overlay, "-o", program, "./examples/first")
	// What pkg-config says is no part of the cache's key: without another flag a build for an earlier prefix would be found.
	build.Env = append(os.Environ(), "PKG_CONFIG_PATH="+filepath.Join(prefix, "lib/pkgconfig"), "CGO_CPPFLAGS=-DBUILT_FOR="+filepath.Base(filepath.Dir(prefix)))
	run(t, build)
	delivers(t, program, got)
}
