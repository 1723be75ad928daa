package com.hookbridge

import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.node.ObjectNode
import com.fasterxml.jackson.module.kotlin.jacksonObjectMapper
import java.lang.reflect.InvocationTargetException
import java.time.Instant
import java.util.Base64
import java.util.concurrent.Callable
import java.util.concurrent.Executors
import kotlin.reflect.KClass
import kotlin.reflect.KFunction
import kotlin.reflect.KParameter
import kotlin.reflect.KType
import kotlin.reflect.full.isSubclassOf
import kotlin.reflect.full.memberFunctions
import kotlin.reflect.full.primaryConstructor
import kotlin.system.exitProcess
import kotlinx.coroutines.runBlocking

private val mapper = jacksonObjectMapper()
private val clients = HashMap<String, HookBridge>()
private val queues = HashMap<String, Events>()
private val functions by lazy { HookBridge::class.memberFunctions.groupBy { it.name } }

private fun camel(name: String) = Regex("_([a-z0-9])").replace(name) { it.groupValues[1].uppercase() }

private fun snake(name: String) = Regex("[A-Z]").replace(name) { "_" + it.value.lowercase() }

/** A value of the suite's as the language has it. */
private fun converted(value: JsonNode, type: KType): Any? {
    if (value.isNull) return null
    val kind = type.classifier as KClass<*>
    return when {
        kind == Any::class -> mapper.treeToValue(value, Any::class.java)
        kind == Instant::class -> Instant.parse(value.asText())
        kind == RetrySchedule::class -> schedule(value)
        kind == RawJson::class -> RawJson(value.toString())
        kind.isSubclassOf(Word::class) -> kind.primaryConstructor!!.call(value.asText())
        // What is separated by commas over HTTP.
        kind == List::class && value.isTextual -> value.asText().split(",").map { converted(mapper.valueToTree(it), type.arguments[0].type!!) }
        kind == BatchEvent::class -> BatchEvent::class.primaryConstructor!!.withArguments(value)
        kind == List::class || kind == Iterable::class -> value.map { converted(it, type.arguments[0].type!!) }
        else -> mapper.convertValue(value, kind.java)
    }
}

private fun schedule(value: JsonNode): RetrySchedule {
    val gaps = { list: JsonNode? -> list?.map { it.asDouble() } }
    return when {
        value.isTextual -> RetrySchedule.named(value.asText())
        value.isArray -> RetrySchedule.of(*gaps(value)!!.toDoubleArray())
        else -> RetrySchedule.lists(gaps(value["slow"]), gaps(value["fast"]))
    }
}

/** Calls what takes the suite's arguments by their names. What the names are not is refused, as the compiler would. */
private fun <T> KFunction<T>.withArguments(args: JsonNode, receiver: Any? = null): T {
    val names = args.properties().associate { (name, value) -> (RENAMED[name] ?: camel(name)) to value }
    val unknown = names.keys - parameters.mapNotNull { it.name }.toSet()
    require(unknown.isEmpty()) { "`${this.name}` has no argument $unknown" }
    val given = parameters.filter { it.kind == KParameter.Kind.VALUE && it.name in names }
    val values = given.associateWith { converted(names.getValue(it.name!!), it.type) }
    // What may be left out is left out where it is null.
    val all = values.filter { (parameter, value) -> value != null || !parameter.isOptional }
    val instance = parameters.filter { it.kind == KParameter.Kind.INSTANCE }.associateWith { receiver }
    try {
        return callBy(instance + all)
    } catch (failed: InvocationTargetException) {
        throw failed.targetException
    }
}

private val RENAMED = mapOf("user_id" to "userIds", "api_key_id" to "apiKeyIds")

/** A message as the language takes it. */
private fun request(given: JsonNode): SendRequest {
    val args = given.deepCopy<ObjectNode>()
    // The language has no message without a payload.
    val raw = when {
        args.has("payload_text") -> RawJson(args.remove("payload_text").asText())
        args.has("payload_base64") -> RawJson(Base64.getDecoder().decode(args.remove("payload_base64").asText()))
        args.has("payload") -> null
        else -> RawJson("")
    }
    val payload = raw ?: mapper.treeToValue(args.remove("payload"), Any::class.java)
    val values = mapper.treeToValue(args, Map::class.java)
    @Suppress("UNCHECKED_CAST")
    return SendRequest(
        values["endpoint_id"] as String,
        payload,
        values["headers"] as Map<String, String>?,
        values["idempotency_key"] as String?,
        values["retention_hours"] as Int?,
        values["ordering_key"] as String?,
        (values["deliver_at"] as String?)?.let(Instant::parse),
        (values["expires_at"] as String?)?.let(Instant::parse),
    )
}

private fun options(given: JsonNode) = HookBridgeOptions::class.primaryConstructor!!.withArguments(given)

/** A result as the suite compares it. */
private fun shown(answer: Any?): JsonNode =
    when (answer) {
        is Unit -> mapper.createObjectNode()
        is String -> mapper.createObjectNode().put("download_url", answer)
        is Page<*> -> page(answer, answer.hasMore, answer.nextCursor)
        is List<*> -> page(answer, false, null)
        is HookBridgeResult -> mapper.readTree(answer.toJson())
        else -> mapper.valueToTree(answer)
    }

private fun page(items: List<*>, hasMore: Boolean, nextCursor: String?) =
    mapper.createObjectNode().put("has_more", hasMore).put("next_cursor", nextCursor)
        .set<ObjectNode>("data", mapper.createArrayNode().addAll(items.map(::shown)))

private fun call(client: HookBridge, method: String, args: JsonNode): JsonNode {
    if (method == "send") return shown(client.send(request(args)))
    if (method == "send_batch") {
        val results = client.sendBatch(args["messages"].map(::request)).map {
            if (it is SendFailure) mapper.createObjectNode().set("error", shown(it)) else shown(it)
        }
        return mapper.createObjectNode().set("results", mapper.createArrayNode().addAll(results))
    }
    return shown(answer(client, method, args))
}

/** What the method for Kotlin, with named arguments, answers. */
private fun answer(client: HookBridge, method: String, args: JsonNode): Any? =
    functions.getValue(camel(method)).filter { one -> one.parameters.none { it.name == "options" } }
        .maxBy { it.parameters.size }.withArguments(args, client)

private fun failed(error: Throwable): JsonNode {
    if (error !is HookBridgeException) return mapper.createObjectNode().put("class", "TypeError").put("message", error.toString())
    val reason = Regex("`[A-Za-z0-9_.\\[\\]]+`").replace(error.reason) { snake(it.value) }
    return mapper.createObjectNode().put("class", error::class.simpleName!!.removeSuffix("Exception") + "Error")
        .put("code", error.code).put("message", reason)
        .put("status", error.statusCode).put("retryable", error.isRetryable)
        .put("request_id", error.requestId).put("retry_after", error.retryAfter)
}

private fun outcome(work: () -> JsonNode): ObjectNode {
    val reply = mapper.createObjectNode()
    try {
        reply.set<JsonNode>("ok", work())
    } catch (error: Throwable) {
        reply.set<JsonNode>("error", failed(error))
    }
    return reply
}

private fun carriedOut(command: JsonNode): JsonNode {
    val client by lazy { clients.getValue(command["on"].asText()) }
    val args = command["args"] ?: mapper.createObjectNode()
    val timeout = command["timeout"]?.asDouble()
    return when (command["do"].asText()) {
        "hello" -> mapper.readTree("""{"language": "kotlin", "can": ["async", "pages", "request_id", "reset"]}""")
        "open" -> mapper.createObjectNode().also { clients[command["as"].asText()] = HookBridge(options(command["options"])) }
        "call" -> call(client, command["method"].asText(), args)
        "page" -> {
            val page = answer(client, command["method"].asText(), args) as Page<*>
            val items = mapper.createArrayNode().addAll(page.map(::shown))
            mapper.createObjectNode().put("length", page.size).put("has_more", page.hasMore).put("next_cursor", page.nextCursor)
                .set<ObjectNode>("items", items).set("last", if (page.isEmpty()) null else shown(page[page.size - 1]))
        }
        "walk" -> {
            val items = answer(client, command["method"].asText(), args) as Sequence<*>
            mapper.createArrayNode().addAll(items.take(command["count"]?.asInt() ?: Int.MAX_VALUE).map(::shown).toList())
        }
        "exit" -> mapper.createObjectNode()
        "async" -> shown(runBlocking { client.sendAsync(request(args)) })
        "many" -> {
            val pool = Executors.newFixedThreadPool(command["threads"].asInt())
            val calls = (0 until command["times"].asInt()).map { number ->
                Callable { outcome { call(client, command["method"].asText(), mapper.readTree(args.toString().replace("%i", "$number"))) } }
            }
            val results = mapper.createArrayNode().addAll(pool.invokeAll(calls).map { it.get() })
            pool.shutdown()
            mapper.createObjectNode().set("results", results)
        }
        "events" -> {
            val watches = command["watch"]?.asBoolean() ?: false
            val queue = queues.getOrPut(command["on"].asText()) { if (watches) client.watch() else client.events() }
            val found = mapper.createArrayNode()
            val deadline = System.nanoTime() + ((timeout ?: 30.0) * 1e9).toLong()
            while (found.size() < (command["count"]?.asInt() ?: 0)) {
                found.add(shown(queue.next(maxOf(0.0, (deadline - System.nanoTime()) / 1e9)) ?: break))
            }
            found
        }
        "flush" -> mapper.valueToTree(client.flush(timeout ?: 30.0))
        "close" -> mapper.createObjectNode().also { client.close(timeout ?: 5.0) }
        "reset" -> mapper.createObjectNode().also {
            clients.values.forEach { it.close(0.0) }
            clients.clear()
            queues.clear()
        }
        else -> throw IllegalArgumentException("there is no command $command")
    }
}

/** The conformance driver: see tests/conformance/README.md. */
fun main() {
    for (line in generateSequence(::readLine)) {
        val command = mapper.readTree(line)
        val reply = outcome { carriedOut(command) }.put("id", command["id"].asLong())
        println(mapper.writeValueAsString(reply))
        System.out.flush()
        if (command["do"].asText() == "exit") break
    }
    // Without closing what is open.
    exitProcess(0)
}
