package hookbridge

import "regexp"

// quotedPath is a name in a message of the engine, or a path of names such as `messages[3].endpoint_id`.
var (
	quotedPath = regexp.MustCompile("`[a-z0-9_.\\[\\]]+`")
	quotedName = regexp.MustCompile("[a-z][a-z0-9_]*")
)

// inCallersWords is what the engine says, with its names as the first of names has them that knows them.
func inCallersWords(message string, names ...map[string]string) string {
	return quotedPath.ReplaceAllStringFunc(message, func(path string) string {
		return quotedName.ReplaceAllStringFunc(path, func(name string) string {
			for _, known := range names {
				if word, is := known[name]; is {
					return word
				}
			}
			return name
		})
	})
}
