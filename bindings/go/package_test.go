package hookbridge_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
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

// The other way to link, against what `make install` puts on a machine.
func TestPkgConfigBuild(t *testing.T) {
	if err := exec.Command("pkg-config", "--exists", "hookbridge").Run(); err != nil {
		t.Skip("libhookbridge is not installed")
	}
	url, got := receiver(t, 200)
	output, err := exec.Command("go", "run", "-tags", "hookbridge_pkgconfig", "./examples/send", fresh(t), url).CombinedOutput()
	if err != nil || !strings.HasSuffix(string(output), " succeeded\n") {
		t.Fatalf("%v: %s", err, output)
	}
	next(t, got)
}
