import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;
import org.mariadb.jdbc.MariaDbPoolDataSource;
import pub.dtm.client.DtmClient;
import pub.dtm.client.barrier.BranchBarrier;
import pub.dtm.client.exception.FailureException;
import pub.dtm.client.saga.Saga;

/** Transfers by the published Java SDK of dtm, and the work of their branches behind its barrier. */
final class Bank {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** By how many amounts balance and frozen sum change. */
  private static final Map<String, int[]> MOVEMENTS =
      Map.of(
          "out", new int[] {-1, 0},
          "outUndo", new int[] {1, 0},
          "in", new int[] {1, 0},
          "outTry", new int[] {-1, 1},
          "outConfirm", new int[] {0, -1},
          "outCancel", new int[] {1, -1},
          "inTry", new int[] {0, 1},
          "inConfirm", new int[] {1, -1},
          "inCancel", new int[] {0, -1});

  private final DtmClient dtm;
  private final MariaDbPoolDataSource database;
  private final String url;

  Bank(Map<String, String> environment, String url) throws SQLException {
    this.dtm = new DtmClient(environment.get("DTM_HTTP").replaceAll("^http://([^/]+)/.*$", "$1"));
    this.database =
        new MariaDbPoolDataSource(
            "jdbc:mariadb://%s:%s/%s?maxPoolSize=20"
                .formatted(environment.get("DB_HOST"), environment.get("DB_PORT"), environment.get("DB_NAME")));
    this.database.setUser(environment.get("DB_USER"));
    this.database.setPassword(environment.get("DB_PASSWORD"));
    this.url = url;
  }

  /** What a transaction is started with. */
  record Transfer(String gid, String outcome, String from, String to, long amount) {
    Order debit() {
      return new Order(from, amount, false);
    }

    Order credit() {
      return new Order(to, amount, outcome.equals("rollback"));
    }
  }

  /** The payload of a branch. One that refuses does so after its work. */
  record Order(String account, long amount, boolean refuse) {}

  void start(String mode, byte[] body) throws Exception {
    Transfer transfer = JSON.readValue(body, Transfer.class);
    if (mode.equals("saga")) saga(transfer);
    else if (mode.equals("tcc")) tcc(transfer);
    else throw new IllegalArgumentException("this SDK has no " + mode);
  }

  private void saga(Transfer transfer) throws Exception {
    Saga saga = dtm.newSaga(transfer.gid());
    saga.add(branch("out"), branch("outUndo"), transfer.debit());
    // The barrier of this version does not know compensations without their action, so a step that refuses has none.
    saga.add(branch("in"), "", transfer.credit());
    saga.enableWaitResult().submit();
  }

  private void tcc(Transfer transfer) throws Exception {
    dtm.tccGlobalTransaction(
        transfer.gid(),
        tcc -> {
          tcc.callBranch(transfer.debit(), branch("outTry"), branch("outConfirm"), branch("outCancel")).close();
          tcc.callBranch(transfer.credit(), branch("inTry"), branch("inConfirm"), branch("inCancel")).close();
        });
  }

  private String branch(String name) {
    return url + "/branch/" + name;
  }

  /** Does the work of a branch once, whatever is repeated, late or in the wrong order. */
  void branch(String name, Map<String, String[]> query, byte[] body) throws Exception {
    Order order = JSON.readValue(body, Order.class);
    BranchBarrier barrier = new BranchBarrier(query);
    try (Connection connection = database.getConnection()) {
      barrier.call(connection, guarded -> move(connection, name, order));
    }
  }

  private void move(Connection connection, String name, Order order) throws Exception {
    int[] by = MOVEMENTS.get(name);
    String sql = "update account set balance = balance + ?, frozen = frozen + ? where id = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setLong(1, by[0] * order.amount());
      statement.setLong(2, by[1] * order.amount());
      statement.setString(3, order.account());
      statement.executeUpdate();
    }
    if (order.refuse() && (name.equals("in") || name.equals("inTry"))) {
      throw new FailureException("refused after the work");
    }
  }
}
