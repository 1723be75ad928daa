/* Two copies of the library in one process: the second is refused where the first has the file open, and welcome
 * afterwards or on a file of its own. argv: folder, one copy, another copy. */
#include <dlfcn.h>
#include "check.h"

struct copy {
    hookbridge_code (*open)(hookbridge_slice, hookbridge_engine **, hookbridge_error **);
    hookbridge_code (*close)(hookbridge_engine *, uint64_t, bool *, hookbridge_error **);
    void (*free)(hookbridge_engine *);
    const char *(*message)(const hookbridge_error *);
    void (*free_error)(hookbridge_error *);
};

static struct copy load(const char *path) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    CHECK(library != NULL);
    struct copy copy;
    *(void **)&copy.open = dlsym(library, "hookbridge_open");
    *(void **)&copy.close = dlsym(library, "hookbridge_close");
    *(void **)&copy.free = dlsym(library, "hookbridge_free");
    *(void **)&copy.message = dlsym(library, "hookbridge_error_message");
    *(void **)&copy.free_error = dlsym(library, "hookbridge_error_free");
    CHECK(copy.open && copy.close && copy.free && copy.message && copy.free_error);
    return copy;
}

static hookbridge_engine *open_by(struct copy copy, const char *folder, const char *name, hookbridge_error **error) {
    char settings[1024];
    snprintf(settings, sizeof settings, "{\"database\":\"%s/%s\",\"delivery\":\"off\"}", folder, name);
    hookbridge_engine *engine = NULL;
    hookbridge_code code = copy.open(slice(settings), &engine, error);
    CHECK((code == HOOKBRIDGE_OK) == (engine != NULL));
    CHECK(code == HOOKBRIDGE_OK || code == HOOKBRIDGE_STORAGE_UNAVAILABLE);
    return engine;
}

static void close_by(struct copy copy, hookbridge_engine *engine) {
    hookbridge_error *error = NULL;
    CHECK(copy.close(engine, 10000, NULL, &error) == HOOKBRIDGE_OK);
    copy.free(engine);
}

int main(int argc, char **argv) {
    CHECK(argc == 4);
    struct copy one = load(argv[2]), other = load(argv[3]);
    CHECK(one.open != other.open);
    hookbridge_error *error = NULL;

    hookbridge_engine *first = open_by(one, argv[1], "outbox.db", &error);
    CHECK(first != NULL);
    CHECK(open_by(other, argv[1], "outbox.db", &error) == NULL);
    CHECK(strstr(other.message(error), "another copy of this library") != NULL);
    other.free_error(error);
    error = NULL;

    /* The same copy may open it as often as it likes, and the last one counts. */
    hookbridge_engine *second = open_by(one, argv[1], "outbox.db", &error);
    CHECK(second != NULL);
    hookbridge_engine *apart = open_by(other, argv[1], "other.db", &error);
    CHECK(apart != NULL);
    close_by(other, apart);
    close_by(one, first);
    CHECK(open_by(other, argv[1], "outbox.db", &error) == NULL);
    other.free_error(error);
    error = NULL;
    close_by(one, second);

    first = open_by(other, argv[1], "outbox.db", &error);
    CHECK(first != NULL);
    CHECK(open_by(one, argv[1], "outbox.db", &error) == NULL);
    one.free_error(error);
    close_by(other, first);
    return 0;
}
