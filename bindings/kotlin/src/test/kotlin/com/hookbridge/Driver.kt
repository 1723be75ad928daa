package com.hookbridge

import com.fasterxml.jackson.core.JsonGenerator
import com.fasterxml.jackson.databind.DeserializationFeature
import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.PropertyNamingStrategies
import com.fasterxml.jackson.databind.SerializerProvider
import com.fasterxml.jackson.databind.module.SimpleModule
import com.fasterxml.jackson.databind.node.ObjectNode
import com.fasterxml.jackson.databind.ser.std.StdSerializer
import com.fasterxml.jackson.module.kotlin.jacksonMapperBuilder
import java.lang.reflect.InvocationTargetException
import java.time.Instant
import java.time.ZoneOffset
import java.time.format.DateTimeFormatter
import java.util.Base64
import java.util.concurrent.Callable
import java.util.concurrent.Executors
import kotlin.reflect.KParameter
import kotlin.reflect.full.memberFunctions
import kotlin.reflect.jvm.javaType
import kotlin.system.exitProcess
import kotlinx.coroutines.runBlocking

/** Moments as the suite compares them. */
private object Moments : StdSerializer<Instant>(Instant::class.java) {
    private fun readResolve(): Any = Moments
    private val form = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC)

    override fun serialize(value: Instant, out: JsonGenerator, provider: SerializerProvider) = out.writeString(form.format(value))
}

private val mapper = jacksonMapperBuilder()
    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
    .addModule(SimpleModule().addSerializer(Moments))
    .build()
private val clients = HashMap<String, HookBridge>()
private val queues = HashMap<String, Events>()

private fun camel(name: String) = Regex("_([a-z])").replace(name) { it.groupValues[1].uppercase() }

/** A send as the language takes it: the payload is JSON's bytes. */
private fun request(given: JsonNode): SendRequest {
    val args = given.deepCopy<ObjectNode>()
    val bytes = when {
        args.has("payload_text") -> args.remove("payload_text").asText().toByteArray()
        args.has("payload_base64") -> Base64.getDecoder().decode(args.remove("payload_base64").asText())
        else -> args.get("payload")?.toString()?.toByteArray() ?: ByteArray(0)
    }
    args.put("payload", bytes)
    return mapper.treeToValue(args, SendRequest::class.java)
}

private fun options(given: JsonNode): Options {
    val known = Options::class.java.declaredFields.map { it.name }.toSet()
    val (named, more) = given.properties().partition { camel(it.key) in known }
    val settings = mapper.createObjectNode()
    named.forEach { settings.set<JsonNode>(it.key, it.value) }
    val rest = mapper.createObjectNode()
    more.forEach { rest.set<JsonNode>(it.key, it.value) }
    return mapper.treeToValue(settings, Options::class.java).copy(more = rest.toString())
}

private fun call(client: HookBridge, method: String, args: JsonNode): JsonNode {
    if (method == "send") return mapper.valueToTree(client.send(request(args)))
    if (method == "send_batch") return mapper.valueToTree(client.sendBatch(args["messages"].map(::request)))
    val function = HookBridge::class.memberFunctions.single { it.name == camel(method) }
    val given = function.parameters.mapNotNull { parameter ->
        val name = parameter.name
        when {
            parameter.kind == KParameter.Kind.INSTANCE -> parameter to client
            // A record of settings takes what no parameter is called.
            name == "settings" || name == "filter" ->
                parameter to mapper.convertValue<Any>(args, mapper.constructType(parameter.type.javaType))
            else -> {
                val value = args.properties().firstOrNull { camel(it.key) == name }?.value
                if (value == null) null else parameter to mapper.convertValue<Any>(value, mapper.constructType(parameter.type.javaType))
            }
        }
    }
    val answer = try {
        function.callBy(given.toMap())
    } catch (failed: InvocationTargetException) {
        throw failed.targetException
    }
    return if (answer is Unit) mapper.createObjectNode() else mapper.valueToTree(answer)
}

private fun failed(error: Throwable): JsonNode {
    if (error !is HookBridgeException) return mapper.createObjectNode().put("class", "TypeError").put("message", error.toString())
    val name = error::class.simpleName.let { if (it == "Other") "HookBridgeError" else "${it}Error" }
    val failure = error::class.java.getMethod("getFailure").invoke(error) as Failure
    return mapper.createObjectNode().put("class", name).put("code", failure.code).put("message", failure.reason)
        .put("status", failure.status).put("retryable", failure.retryable)
        .put("request_id", failure.requestId).put("retry_after", failure.retryAfterSeconds)
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
        "hello" -> mapper.readTree("""{"language": "kotlin", "can": ["async", "request_id", "reset"]}""")
        "open" -> mapper.createObjectNode().also { clients[command["as"].asText()] = HookBridge(options(command["options"])) }
        "call" -> call(client, command["method"].asText(), args)
        "async" -> mapper.valueToTree(runBlocking { client.sendAsync(request(args)) })
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
            val queue = queues.getOrPut(command["on"].asText()) { client.events() }
            val found = mapper.createArrayNode()
            val deadline = System.nanoTime() + ((timeout ?: 30.0) * 1e9).toLong()
            while (found.size() < (command["count"]?.asInt() ?: 0)) {
                found.addPOJO(queue.next(maxOf(0.0, (deadline - System.nanoTime()) / 1e9)) ?: break)
            }
            mapper.valueToTree(found)
        }
        "flush" -> mapper.valueToTree(client.flush(timeout ?: 30.0))
        "close" -> mapper.createObjectNode().also { client.shutdown(timeout ?: 5.0) }
        "reset" -> mapper.createObjectNode().also {
            clients.values.forEach { it.shutdown(0.0) }
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
    }
    // Without closing what is open.
    exitProcess(0)
}
