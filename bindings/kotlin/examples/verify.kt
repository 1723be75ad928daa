// Reads a delivery from stdin, as JSON with its secret, its headers and its body, and says whether it is genuine.

import com.fasterxml.jackson.databind.ObjectMapper
// readme: begin
import java.security.MessageDigest
import java.util.Base64
import javax.crypto.Mac
import javax.crypto.spec.SecretKeySpec
import kotlin.math.abs

fun isGenuine(secret: String, headers: Map<String, String>, body: ByteArray): Boolean {
    val mac = Mac.getInstance("HmacSHA256")
    mac.init(SecretKeySpec(Base64.getDecoder().decode(secret.removePrefix("whsec_")), "HmacSHA256"))
    mac.update("${headers["webhook-id"]}.${headers["webhook-timestamp"]}.".toByteArray())
    val expected = "v1,${Base64.getEncoder().encodeToString(mac.doFinal(body))}".toByteArray()
    val sent = headers["webhook-timestamp"]?.toLongOrNull() ?: return false
    val isFresh = abs(System.currentTimeMillis() / 1000 - sent) < 300
    val given = headers["webhook-signature"].orEmpty().split(" ").map { it.toByteArray() }
    return isFresh && given.any { MessageDigest.isEqual(expected, it) }
}
// readme: end

fun main() {
    val delivery = ObjectMapper().readTree(System.`in`)
    val headers = delivery["headers"].properties().associate { (name, value) -> name to value.asText() }
    val verdict = isGenuine(delivery["secret"].asText(), headers, delivery["body"].asText().toByteArray())
    println(if (verdict) "genuine" else "forged")
}
