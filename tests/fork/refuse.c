/* Refuses the first `pthread_atfork` of a program, as a system without memory does. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>

typedef int registration(void (*)(void), void (*)(void), void (*)(void), void *);

int __register_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void), void *dso)
{
	static int calls;
	if (calls++ == 0)
		return ENOMEM;
	registration *real = (registration *)dlsym(RTLD_NEXT, "__register_atfork");
	return real(prepare, parent, child, dso);
}
