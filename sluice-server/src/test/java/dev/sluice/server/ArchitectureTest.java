package dev.sluice.server;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The direction of imports, as ARCHITECTURE.md draws it. */
@AnalyzeClasses(packages = "dev.sluice", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {
  private static final String[] CORE = {
    "dev.sluice", "dev.sluice.journal", "dev.sluice.process", "dev.sluice.spi"
  };

  @ArchTest
  static final ArchRule coreNeedsTheJdkAlone =
      classes()
          .that()
          .resideInAnyPackage(CORE)
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(CORE).or(resideInAnyPackage("java..", "org.jspecify..")))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule journalsAndCommandsKnowNoHttp =
      noClasses()
          .that()
          .resideInAnyPackage("dev.sluice.journal", "dev.sluice.process")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.sluice")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule onlyTheServerKnowsNetty =
      noClasses()
          .that(not(resideInAPackage("dev.sluice.server")))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.netty..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule theServerIsUsedByNoneAboveIt =
      noClasses()
          .that()
          .resideInAnyPackage(CORE)
          .or()
          .resideInAPackage("dev.sluice.testkit")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.sluice.server..")
          .allowEmptyShould(true);

  /** They are taken from by those whom an event loop waits for. */
  @ArchTest
  static final ArchRule buffersAreSharedWithoutLocks =
      classes()
          .that()
          .haveSimpleNameStartingWith("BufferStack")
          .or()
          .haveSimpleNameStartingWith("RecordBuffers")
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                  "dev.sluice.server",
                  "java.lang..",
                  "java.nio..",
                  "java.util.concurrent.atomic",
                  "org.jspecify.."));
}
