import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import pub.dtm.client.exception.FailureException;

/** The HTTP side of the bank: POST /start/&lt;mode&gt; with a transfer, and the branches. */
public final class Main {
  private static final ObjectMapper JSON = new ObjectMapper();

  public static void main(String[] arguments) throws Exception {
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    String url = "http://127.0.0.1:" + server.getAddress().getPort();
    Bank bank = new Bank(System.getenv(), url);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext(
        "/start/",
        exchange -> {
          String error = "";
          try {
            bank.start(lastPart(exchange), exchange.getRequestBody().readAllBytes());
          } catch (Exception problem) {
            error = problem.toString();
          }
          answer(exchange, 200, Map.of("error", error));
        });
    server.createContext(
        "/branch/",
        exchange -> {
          try {
            bank.branch(lastPart(exchange), query(exchange), exchange.getRequestBody().readAllBytes());
            answer(exchange, 200, Map.of("dtm_result", "SUCCESS"));
          } catch (FailureException refused) {
            answer(exchange, 409, Map.of("dtm_result", "FAILURE", "message", refused.getMessage()));
          } catch (Exception problem) {
            answer(exchange, 500, Map.of("message", problem.toString()));
          }
        });
    server.start();
    System.out.println("listening on " + url + " ");
  }

  private static String lastPart(HttpExchange exchange) {
    String path = exchange.getRequestURI().getPath();
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static Map<String, String[]> query(HttpExchange exchange) {
    Map<String, String[]> parameters = new HashMap<>();
    for (String pair : exchange.getRequestURI().getRawQuery().split("&")) {
      String[] parts = pair.split("=", 2);
      parameters.put(parts[0], new String[] {URLDecoder.decode(parts[1], StandardCharsets.UTF_8)});
    }
    return parameters;
  }

  private static void answer(HttpExchange exchange, int status, Map<String, String> body) throws IOException {
    byte[] text = JSON.writeValueAsBytes(body);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, text.length);
    exchange.getResponseBody().write(text);
    exchange.close();
  }
}
