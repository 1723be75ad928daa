package hookbridge

import (
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"time"
)

// hidden is printed in place of a secret.
const hidden = "[hidden]"

// printed goes over the fields of a result that are there: `print:"hidden"` in a field's tag keeps its value back.
func printed(result any, each func(field reflect.StructField, value any)) {
	whole := reflect.ValueOf(result)
	for index := range whole.NumField() {
		field, value := whole.Type().Field(index), whole.Field(index)
		_, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if !field.IsExported() || options == "omitzero" && value.IsZero() {
			continue
		}
		if value.Kind() == reflect.Pointer && !value.IsNil() {
			value = value.Elem()
		}
		if field.Tag.Get("print") == "hidden" {
			each(field, hidden)
		} else {
			each(field, value.Interface())
		}
	}
}

// shown is a result for people: what pointers point to, times as JSON has them, nothing that is absent and no secret.
func shown(result any) string {
	var text strings.Builder
	text.WriteString(reflect.TypeOf(result).Name() + "{")
	printed(result, func(field reflect.StructField, value any) {
		if !strings.HasSuffix(text.String(), "{") {
			text.WriteString(" ")
		}
		if moment, is := value.(time.Time); is {
			value = moment.Format(time.RFC3339Nano)
		}
		fmt.Fprintf(&text, "%s:%v", field.Name, value)
	})
	return text.String() + "}"
}

// logged is a result for a structured log: the same by the names of JSON.
func logged(result any) slog.Value {
	var attributes []slog.Attr
	printed(result, func(field reflect.StructField, value any) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		attributes = append(attributes, slog.Any(name, value))
	})
	return slog.GroupValue(attributes...)
}
