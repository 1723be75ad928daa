import com.hookbridge.Delivery;
import com.hookbridge.Durability;
import com.hookbridge.HookBridge;
import com.hookbridge.HookBridgeOptions;
import com.hookbridge.RawJson;
import java.util.Arrays;

/** Prints the median microseconds of a send, and sends a second. Without an endpoint, of an event. */
class Send {
    private static void send(HookBridge client, String endpointId, RawJson payload) {
        if (endpointId.isEmpty()) {
            client.sendEvent("order.created", payload);
        } else {
            client.send(endpointId, payload);
        }
    }

    public static void main(String[] arguments) throws Exception {
        String endpointId = arguments[1];
        RawJson payload = new RawJson(arguments[2]);
        int warmUp = Integer.parseInt(arguments[3]);
        int sends = Integer.parseInt(arguments[4]);
        HookBridgeOptions options = new HookBridgeOptions()
            .database(arguments[0])
            .durability(Durability.NORMAL)
            .delivery(Delivery.OFF)
            .allowLocalEndpoints(true);
        try (HookBridge client = new HookBridge(options)) {
            for (int n = 0; n < warmUp; n++) {
                send(client, endpointId, payload);
            }
            long[] taken = new long[sends];
            for (int n = 0; n < sends; n++) {
                long begun = System.nanoTime();
                send(client, endpointId, payload);
                taken[n] = System.nanoTime() - begun;
            }
            long begun = System.nanoTime();
            for (int n = 0; n < sends; n++) {
                send(client, endpointId, payload);
            }
            double rate = sends * 1e9 / (System.nanoTime() - begun);
            Arrays.sort(taken);
            System.out.println(taken[sends / 2] / 1e3 + " " + rate);
        }
    }
}
