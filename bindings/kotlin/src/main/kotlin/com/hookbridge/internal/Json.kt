package com.hookbridge.internal

import com.hookbridge.HookBridgeResult
import com.hookbridge.RawJson
import com.hookbridge.RetrySchedule
import com.hookbridge.Word
import java.math.BigDecimal
import java.math.BigInteger
import java.time.Instant
import java.time.ZoneOffset
import java.time.format.DateTimeFormatter

/** A payload as its document in UTF-8. Big numbers keep their digits. [name] is what its giver calls it. */
internal fun document(payload: Any?, name: String): ByteArray = (payload as? RawJson)?.document ?: json(payload, name).encodeToByteArray()

/** Maps, lists, arrays, strings, numbers, booleans and null as JSON. */
internal fun json(value: Any?, name: String = "value"): String = StringBuilder().also { Writer(it, name).write(value) }.toString()

/** A result's fields as JSON has them. */
internal fun fields(vararg fields: Pair<String, Any?>): Map<String, Any?> = fields.associate { (name, value) -> name to plain(value) }

private val MOMENT = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC)

private fun plain(value: Any?): Any? =
    when (value) {
        is Instant -> MOMENT.format(value)
        is Word -> value.word
        is RetrySchedule -> value.written()
        is RawJson -> Reader(value.text()).value()
        is List<*> -> value.map(::plain)
        is HookBridgeResult -> value.toMap()
        is Map<*, *> -> value.mapValues { plain(it.value) }
        else -> value
    }

private class Writer(private val out: StringBuilder, private val name: String) {
    fun write(value: Any?) {
        when (value) {
            null -> out.append("null")
            is Boolean -> out.append(value)
            is BigDecimal -> out.append(value.toString())
            is Byte, is Short, is Int, is Long, is BigInteger -> out.append(value)
            is Double -> number(value, value.isFinite())
            is Float -> number(value, value.isFinite())
            is CharSequence -> quote(value)
            is Map<*, *> -> {
                out.append('{')
                value.entries.forEachIndexed { index, (key, item) ->
                    if (index > 0) out.append(',')
                    quote(key as? CharSequence ?: throw invalid("`$name` is not JSON: a name in it is ${kind(key)}, not a string"))
                    out.append(':')
                    write(item)
                }
                out.append('}')
            }
            is Iterable<*> -> list(value)
            is Array<*> -> list(value.asList())
            is IntArray -> list(value.asList())
            is LongArray -> list(value.asList())
            is DoubleArray -> list(value.asList())
            is RawJson -> throw invalid("`$name` is not JSON: a RawJson is a whole payload, and no part of one")
            is ByteArray -> throw invalid("`$name` is not JSON: it is bytes; where they are a JSON document, give RawJson(bytes)")
            else -> throw invalid(
                "`$name` is not JSON: ${kind(value)} is no map, list, array, string, number or boolean; " +
                    "have a JSON library write it, and give RawJson(document)",
            )
        }
    }

    private fun kind(value: Any?) = if (value == null) "null" else "a ${value.javaClass.name}"

    private fun number(value: Number, isFinite: Boolean) {
        if (!isFinite) throw invalid("`$name` is not JSON: there is no $value in it")
        out.append(value)
    }

    private fun list(items: Iterable<*>) {
        out.append('[')
        items.forEachIndexed { index, item ->
            if (index > 0) out.append(',')
            write(item)
        }
        out.append(']')
    }

    private fun quote(text: CharSequence) {
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
}

/** Reads a document of the engine: maps, lists, strings, numbers that keep their digits, booleans and null. */
private class Reader(private val text: String) {
    private var at = 0

    fun value(): Any? =
        when (upcoming()) {
            '{' -> items('}') {
                val name = string()
                take(':')
                name to value()
            }.toMap()
            '[' -> items(']') { value() }
            '"' -> string()
            else -> word()
        }

    private fun upcoming(): Char {
        while (text[at].isWhitespace()) at++
        return text[at]
    }

    private fun take(letter: Char) {
        check(upcoming() == letter) { "there is no JSON at $at of $text" }
        at++
    }

    private fun <T> items(end: Char, item: () -> T): List<T> =
        buildList {
            at++
            while (upcoming() != end) {
                if (isNotEmpty()) take(',')
                add(item())
            }
            at++
        }

    private fun string(): String {
        take('"')
        val out = StringBuilder()
        while (text[at] != '"') {
            val letter = text[at++]
            out.append(if (letter == '\\') escaped() else letter)
        }
        at++
        return out.toString()
    }

    private fun escaped(): Char =
        when (val letter = text[at++]) {
            'b' -> '\b'
            'f' -> '\u000c'
            'n' -> '\n'
            'r' -> '\r'
            't' -> '\t'
            'u' -> text.substring(at, at + 4).toInt(16).toChar().also { at += 4 }
            else -> letter
        }

    private fun word(): Any? {
        val begin = at
        while (at < text.length && text[at] !in ",]} \t\r\n") at++
        return when (val word = text.substring(begin, at)) {
            "null" -> null
            "true" -> true
            "false" -> false
            else -> word.toIntOrNull() ?: word.toLongOrNull() ?: word.toBigDecimal()
        }
    }
}
