package com.hookbridge

import java.math.BigDecimal
import java.math.BigInteger

/**
 * A payload as JSON in UTF-8: maps, lists, strings, numbers, booleans and null. Big numbers keep their digits.
 *
 * @throws IllegalArgumentException for anything else, and for numbers that JSON has not (NaN, infinity)
 */
fun json(value: Any?): ByteArray = StringBuilder().also { write(it, value) }.toString().encodeToByteArray()

private fun write(out: StringBuilder, value: Any?) {
    when (value) {
        null -> out.append("null")
        is Boolean -> out.append(value)
        is BigDecimal -> out.append(value.toString())
        is Byte, is Short, is Int, is Long, is BigInteger -> out.append(value)
        is Double -> out.append(value.also { require(it.isFinite()) { "$it is no JSON" } })
        is Float -> out.append(value.also { require(it.isFinite()) { "$it is no JSON" } })
        is CharSequence -> quote(out, value)
        is Map<*, *> -> {
            out.append('{')
            value.entries.forEachIndexed { index, (name, item) ->
                if (index > 0) out.append(',')
                quote(out, name as? CharSequence ?: throw IllegalArgumentException("a name is a string, not $name"))
                out.append(':')
                write(out, item)
            }
            out.append('}')
        }
        is Iterable<*> -> {
            out.append('[')
            value.forEachIndexed { index, item ->
                if (index > 0) out.append(',')
                write(out, item)
            }
            out.append(']')
        }
        is Array<*> -> write(out, value.asList())
        else -> throw IllegalArgumentException("${value::class} is no JSON")
    }
}

private fun quote(out: StringBuilder, text: CharSequence) {
    out.append('"')
    for (letter in text) {
        when {
            letter == '"' || letter == '\\' -> out.append('\\').append(letter)
            letter < ' ' -> out.append("\\u%04x".format(letter.code))
            else -> out.append(letter)
        }
    }
    out.append('"')
}
