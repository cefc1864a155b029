// The same project for Gradle: the dependencies of pom.xml with Pekko for Scala 2.13. A test compares the two.
plugins {
    java
}

java {
    toolchain {
        languageVersion = JavaLanguageVersion.of(17)
    }
}

repositories {
    mavenCentral()
}

dependencies {
    implementation(platform("io.github.pekko-eventhubs:pekko-eventhubs-bom:0.1.0-SNAPSHOT"))
    implementation("io.github.pekko-eventhubs:pekko-eventhubs")
    implementation("org.apache.pekko:pekko-cluster-sharding-typed_2.13:1.7.0")

    testImplementation("io.github.pekko-eventhubs:pekko-eventhubs-testkit")
    testImplementation("org.apache.pekko:pekko-actor-testkit-typed_2.13:1.7.0")
    testImplementation("org.apache.pekko:pekko-stream-testkit_2.13:1.2.1")
    testImplementation("org.junit.jupiter:junit-jupiter:5.14.4")
    testImplementation("org.assertj:assertj-core:3.27.7")
    testImplementation("org.slf4j:slf4j-simple:2.0.20")
    testRuntimeOnly("org.junit.platform:junit-platform-launcher")
}

tasks.test {
    useJUnitPlatform()
    // The published stream testkit is older than the other parts of Pekko.
    jvmArgs("-Dpekko.fail-mixed-versions=off")
}
