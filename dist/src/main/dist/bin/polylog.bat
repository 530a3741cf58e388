@echo off
rem Finds Java, puts the class path together, and runs the gateway. "polylog help" says what it can do.
rem JAVA_HOME, POLYLOG_HEAP, POLYLOG_JVM_OPTS and POLYLOG_CONFIG as in the file polylog beside this one.
setlocal

for %%I in ("%~dp0..") do set "HOME_DIR=%%~fI"

set "JAVA=java.exe"
if not defined JAVA_HOME goto find_java
set "JAVA=%JAVA_HOME%\bin\java.exe"
if exist "%JAVA%" goto check_java
echo polylog: JAVA_HOME is %JAVA_HOME%, but there is no bin\java.exe in it; set it to a Java 17 or newer, or unset it>&2
exit /b 7

:find_java
where java.exe >nul 2>nul
if not errorlevel 1 goto check_java
echo polylog: no java found on the PATH; install Java 17 or newer, or set JAVA_HOME to one>&2
exit /b 7

:check_java
set "JAVA_VERSION="
for /f "tokens=3" %%V in ('call "%JAVA%" -version 2^>^&1 ^| findstr /i "version"') do if not defined JAVA_VERSION set "JAVA_VERSION=%%~V"
set "JAVA_FEATURE=0"
for /f "tokens=1,2 delims=.-+" %%A in ("%JAVA_VERSION%") do (
  set "JAVA_FEATURE=%%A"
  if "%%A"=="1" set "JAVA_FEATURE=%%B"
)
if %JAVA_FEATURE% GEQ 17 goto run
echo polylog: Java 17 or newer is needed, but %JAVA% is %JAVA_VERSION%; set JAVA_HOME to a newer one>&2
exit /b 7

:run
set "CLASSES=%HOME_DIR%\lib\*"
if /i "%~1"=="demo" goto demo
if not defined POLYLOG_HEAP set "POLYLOG_HEAP=1g"
set "LOGGING="
if exist "%HOME_DIR%\conf\logback.xml" set LOGGING=-Dlogback.configurationFile="%HOME_DIR%\conf\logback.xml"
set "UNSAFE="
if %JAVA_FEATURE% GEQ 23 set "UNSAFE=--sun-misc-unsafe-memory-access=allow"
"%JAVA%" -Xms32m -Xmx%POLYLOG_HEAP% -XX:+UseSerialGC -XX:+ExitOnOutOfMemoryError ^
  -XX:MinHeapFreeRatio=80 -XX:MaxHeapFreeRatio=90 -XX:SurvivorRatio=3 ^
  -XX:FreqInlineSize=120 -XX:InlineSmallCode=1000 -XX:MaxInlineLevel=9 ^
  -XX:ReservedCodeCacheSize=96m -Xss512k -XX:-UsePerfData ^
  --add-opens=java.base/jdk.internal.misc=ALL-UNNAMED --add-opens=java.base/java.nio=ALL-UNNAMED ^
  --enable-native-access=ALL-UNNAMED ^
  -Dio.netty.leakDetection.level=disabled -Dio.netty.tryReflectionSetAccessible=true -Dio.netty.machineId=00:00:00:00:00:00:00:00 ^
  -Djava.util.concurrent.ForkJoinPool.common.parallelism=4 ^
  -Djava.library.path="%HOME_DIR%\lib\native" -Dpolylog.home="%HOME_DIR%" ^
  %LOGGING% %UNSAFE% %POLYLOG_JVM_OPTS% -cp "%CLASSES%;%HOME_DIR%\lib\ext\*" io.polylog.server.Main %*
exit /b %ERRORLEVEL%

:demo
"%JAVA%" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx256m -Dpolylog.launcher="%HOME_DIR%\bin\polylog.bat" ^
  -cp "%CLASSES%;%HOME_DIR%\lib\demo\*" io.polylog.server.demo.Demo %2
exit /b %ERRORLEVEL%
