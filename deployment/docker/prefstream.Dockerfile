# The launcher's commands: train, serve, topics create, replay serve … Built from the repository's root, after mvn package: README.md.
FROM eclipse-temurin:17-jre

RUN useradd --uid 10001 --create-home prefstream

COPY prefstream /opt/prefstream/
COPY deployment/local/target/prefstream/lib/ /opt/prefstream/deployment/local/target/prefstream/lib/
COPY deployment/local/target/prefstream-local-0.1.0-SNAPSHOT.jar /opt/prefstream/deployment/local/target/

# What tells the launcher that nothing is to be built.
RUN touch /opt/prefstream/deployment/local/target/prefstream/built

USER prefstream
WORKDIR /home/prefstream
ENTRYPOINT ["/opt/prefstream/prefstream"]
