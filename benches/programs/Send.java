import com.hookbridge.HookBridge;
import com.hookbridge.Options;
import com.hookbridge.SendRequest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Prints the median microseconds of a send, and sends a second. */
class Send {
    public static void main(String[] arguments) throws Exception {
        String endpointId = arguments[1];
        byte[] payload = arguments[2].getBytes(StandardCharsets.UTF_8);
        int warmUp = Integer.parseInt(arguments[3]);
        int sends = Integer.parseInt(arguments[4]);
        Options options = new Options();
        options.setDatabase(arguments[0]);
        options.setDurability("normal");
        options.setDelivery("off");
        options.setAllowLocalEndpoints(true);
        try (HookBridge client = new HookBridge(options)) {
            for (int n = 0; n < warmUp; n++) {
                client.send(new SendRequest(endpointId, payload, null, null, null));
            }
            long[] taken = new long[sends];
            for (int n = 0; n < sends; n++) {
                long begun = System.nanoTime();
                client.send(new SendRequest(endpointId, payload, null, null, null));
                taken[n] = System.nanoTime() - begun;
            }
            long begun = System.nanoTime();
            for (int n = 0; n < sends; n++) {
                client.send(new SendRequest(endpointId, payload, null, null, null));
            }
            double rate = sends * 1e9 / (System.nanoTime() - begun);
            Arrays.sort(taken);
            System.out.println(taken[sends / 2] / 1e3 + " " + rate);
        }
    }
}
