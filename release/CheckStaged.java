// SPDX-License-Identifier: Apache-2.0

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/**
 * Checks a folder that {@code release/stage} has filled for what Maven Central demands of each artifact: complete POMs,
 * sources, Javadoc, checksums, and with {@code --signed} signatures; and for what we promise besides: the licence in
 * every jar, a bill of materials, and no path of the machine. Names all that is wrong and exits with 1.
 *
 * <p>{@code java release/CheckStaged.java STAGING [--signed]}
 */
final class CheckStaged {
  private static final List<String> REQUIRED =
      List.of("modelVersion", "artifactId", "name", "description", "url", "licenses/license/name",
          "licenses/license/url", "developers/developer/name", "scm/connection", "scm/developerConnection", "scm/url");
  private static final Map<String, String> DIGESTS = Map.of("sha1", "SHA-1", "md5", "MD5");

  private final Path staging;
  private final boolean signed;
  private final List<String> wrong = new ArrayList<>();

  private CheckStaged(Path staging, boolean signed) {
    this.staging = staging;
    this.signed = signed;
  }

  public static void main(String[] arguments) throws Exception {
    if (arguments.length == 0 || !Files.isDirectory(Path.of(arguments[0]))) {
      System.err.println("Usage: java release/CheckStaged.java STAGING [--signed]; STAGING is a folder that exists.");
      System.exit(2);
    }
    var check = new CheckStaged(Path.of(arguments[0]), List.of(arguments).contains("--signed"));
    int poms = check.run();
    check.wrong.forEach(System.err::println);
    System.out.println(poms + " artifacts checked, " + check.wrong.size() + " faults");
    System.exit(poms > 0 && check.wrong.isEmpty() ? 0 : 1);
  }

  private int run() throws Exception {
    List<Path> files;
    try (var walk = Files.walk(staging)) {
      files = walk.filter(Files::isRegularFile).filter(file -> !name(file).startsWith("maven-metadata")).sorted().toList();
    }
    int poms = 0;
    for (var file : files) {
      var name = name(file);
      if (name.matches(".*\\.(sha1|md5|sha256|sha512|asc)")) {
        continue;
      }
      checksums(file);
      if (signed && !Files.exists(beside(file, ".asc"))) {
        wrong.add(file + " has no signature");
      }
      if (name.endsWith(".jar")) {
        licence(file);
      }
      if (name.endsWith(".pom")) {
        pom(file);
        poms++;
      }
    }
    return poms;
  }

  private void pom(Path file) throws Exception {
    var text = Files.readString(file);
    if (text.contains("-SNAPSHOT")) {
      wrong.add(file + " names a snapshot, which a release may not");
    }
    if (text.contains(System.getProperty("user.dir"))) {
      wrong.add(file + " names a folder of this machine");
    }
    var document = read(file);
    for (var field : REQUIRED) {
      if (inherited(document, field).isBlank()) {
        wrong.add(file + " has no " + field);
      }
    }
    for (var field : List.of("name", "description")) {
      if (value(document, field).isBlank()) {
        wrong.add(file + " has no " + field + " of its own");
      }
    }
    var stem = name(file).replaceFirst("\\.pom$", "");
    need(file, stem + "-cyclonedx.json");
    if (!value(document, "packaging").equals("pom")) {
      need(file, stem + ".jar");
      need(file, stem + "-sources.jar");
      need(file, stem + "-javadoc.jar");
      holds(file.resolveSibling(stem + "-sources.jar"), ".java");
      holds(file.resolveSibling(stem + "-javadoc.jar"), "index.html");
    }
  }

  private void need(Path pom, String sibling) {
    if (!Files.exists(pom.resolveSibling(sibling))) {
      wrong.add(pom + " has no " + sibling + " beside it");
    }
  }

  private void holds(Path jar, String suffix) throws IOException {
    if (Files.exists(jar)) {
      try (var zip = new ZipFile(jar.toFile())) {
        if (zip.stream().noneMatch(entry -> entry.getName().endsWith(suffix))) {
          wrong.add(jar + " holds no *" + suffix);
        }
      }
    }
  }

  private void licence(Path jar) throws IOException {
    try (var zip = new ZipFile(jar.toFile())) {
      for (var entry : List.of("META-INF/LICENSE", "META-INF/NOTICE")) {
        if (zip.getEntry(entry) == null) {
          wrong.add(jar + " has no " + entry);
        }
      }
    }
  }

  private void checksums(Path file) throws IOException, GeneralSecurityException {
    for (var digest : DIGESTS.entrySet()) {
      var stored = beside(file, "." + digest.getKey());
      if (!Files.exists(stored)) {
        wrong.add(file + " has no ." + digest.getKey());
        continue;
      }
      var actual = HexFormat.of().formatHex(MessageDigest.getInstance(digest.getValue()).digest(Files.readAllBytes(file)));
      if (!Files.readString(stored, StandardCharsets.US_ASCII).strip().startsWith(actual)) {
        wrong.add(stored + " is not the digest of its file");
      }
    }
  }

  /** A field of a POM, or that of its parent, which is staged beside it. */
  private String inherited(Document pom, String field) throws Exception {
    var own = value(pom, field);
    if (!own.isBlank() || value(pom, "parent/artifactId").isBlank()) {
      return own;
    }
    var artifact = value(pom, "parent/artifactId");
    var version = value(pom, "parent/version");
    var parent =
        staging
            .resolve(value(pom, "parent/groupId").replace('.', '/'))
            .resolve(artifact)
            .resolve(version)
            .resolve(artifact + "-" + version + ".pom");
    if (!Files.exists(parent)) {
      wrong.add("The parent " + parent + " is not staged");
      return "";
    }
    return inherited(read(parent), field);
  }

  private static Document read(Path pom) throws Exception {
    return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(pom.toFile());
  }

  private static String value(Document pom, String field) throws Exception {
    var nodes =
        (NodeList) XPathFactory.newInstance().newXPath().evaluate("/project/" + field, pom, XPathConstants.NODESET);
    return nodes.getLength() == 0 ? "" : nodes.item(0).getTextContent().strip();
  }

  private static Path beside(Path file, String suffix) {
    return file.resolveSibling(name(file) + suffix);
  }

  private static String name(Path file) {
    return file.getFileName().toString();
  }
}
