package hookbridge_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	hookbridge "github.com/hookbridge/hookbridge/bindings/go"
)

// The packed module in a clean project, by the go command alone.
func TestPackedModuleInACleanProject(t *testing.T) {
	url, got := receiver(t, 200)
	proxy, project := t.TempDir(), t.TempDir()
	run := func(folder, name string, arguments ...string) string {
		t.Helper()
		command := exec.Command(name, arguments...)
		command.Dir = folder
		command.Env = append(os.Environ(), "GOPROXY=file://"+proxy, "GONOSUMDB=*", "GONOSUMCHECK=1", "GOFLAGS=-modcacherw",
			"GOMODCACHE="+filepath.Join(proxy, "cache"))
		output, err := command.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %v: %v: %s", name, arguments, err, output)
		}
		return string(output)
	}
	run(".", "go", "run", "./internal/pack", proxy, "v0.1.0")
	program := must[[]byte](t)(os.ReadFile("examples/send/main.go"))
	if err := os.WriteFile(filepath.Join(project, "main.go"), program, 0o644); err != nil {
		t.Fatal(err)
	}
	run(project, "go", "mod", "init", "example.com/producer")
	run(project, "go", "get", "github.com/hookbridge/hookbridge/bindings/go@v0.1.0")
	output := run(project, "go", "run", ".", filepath.Join(project, "hookbridge.db"), url)
	if id := next(t, got).header.Get("X-Webhook-Id"); output != id+" succeeded\n" || !strings.Contains(id, "-") {
		t.Error(output)
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
